import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Role } from "./users.ts";

/**
 * The required role or more: `participant` is anybody who may type, `viewer` anybody with a password, `nothing` anybody
 * who can connect.
 */
export type Needs = "nothing" | Role;

/** An address that answers to HTTP. */
export interface Route {
  /** Decoded path. A path that ends in `/*` matches everything below; the longest match wins. */
  readonly path: string;
  readonly needs: Needs;
  /**
   * Methods other than GET and HEAD are only accepted from programs and the gateway's own pages. @default GET and HEAD
   */
  readonly methods?: readonly string[];
  /** Whether a GET changes something: then it is only accepted like the other methods. @default false */
  readonly acts?: boolean;
  /** Headers of answers to visitors with a password. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer to visitors whose role does not suffice. @default 403 */
  readonly forbidden?: { readonly status: number; readonly text: string };
  /**
   * Answers. A body may be read as a stream for as long as bytes keep coming; an unread body closes the connection
   * after the answer.
   */
  handle(exchange: Exchange): void | Promise<void>;
}

/** An admitted request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Decoded, without the query. */
  readonly path: string;
  /** Undefined on routes that need nothing. */
  readonly role: Role | undefined;
}

/** An address that opens WebSockets for the gateway's own pages and for programs. */
export interface SocketRoute {
  readonly path: string;
  readonly needs: Exclude<Needs, "nothing">;
  /** Takes over an admitted handshake; see `createSockets`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, role: Role, user: string): void;
}

/** The entry for a path: an exact match, or the longest match that ends in `/*`. */
export function findEntry<T extends { readonly path: string }>(
  entries: readonly T[],
  path: string,
): T | undefined {
  const fitting = entries.filter((entry) => fits(entry.path, path));
  return fitting.sort((a, b) => b.path.length - a.path.length)[0];
}

/** Whether a role meets these needs. */
export function isAllowed(needs: Needs, role: Role | undefined): boolean {
  if (needs === "nothing" || role === undefined) return needs === "nothing";
  return RANKS[role] >= RANKS[needs];
}

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, participant: 1, owner: 2 };

function fits(pattern: string, path: string): boolean {
  return pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
