import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Role } from "./users.ts";

/** What a visitor must be: `viewer` is everybody who has a password, `nothing` everybody who can connect. */
export type Needs = "nothing" | "viewer" | "owner";

/** An address that answers to HTTP. */
export interface Route {
  /** Decoded path. One that ends in `/*` stands for all below it; the longest that fits counts. */
  readonly path: string;
  readonly needs: Needs;
  /** Other than GET and HEAD they are only let through from the gateway's own pages. @default GET and HEAD */
  readonly methods?: readonly string[];
  /** Whether a GET changes something too: then it is let through like the other methods. @default false */
  readonly acts?: boolean;
  /** Headers of its answers to who has a password. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is told to who has a password that does not do here. @default 403 */
  readonly forbidden?: { readonly status: number; readonly text: string };
  /**
   * Answers. A body may be read from the request as a stream, for as long as bytes keep coming; one that is left
   * unread when the answer is out ends the connection.
   */
  handle(exchange: Exchange): void | Promise<void>;
}

/** A request that was let through, and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Decoded, without the query. */
  readonly path: string;
  /** Who asks; undefined where nothing is needed. */
  readonly role: Role | undefined;
}

/** An address that opens WebSockets, for the gateway's own pages and for programs. */
export interface SocketRoute {
  readonly path: string;
  readonly needs: Exclude<Needs, "nothing">;
  /** Takes a handshake that was let through; see `createSockets`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, role: Role, user: string): void;
}

/** The entry for a path: its own, or the nearest above it that ends in `/*`. */
export function findEntry<T extends { readonly path: string }>(
  entries: readonly T[],
  path: string,
): T | undefined {
  const fitting = entries.filter((entry) => fits(entry.path, path));
  return fitting.sort((a, b) => b.path.length - a.path.length)[0];
}

/** Whether a visitor in this role may use what has these needs. */
export function isAllowed(needs: Needs, role: Role | undefined): boolean {
  return needs === "nothing" || role === "owner" || (needs === "viewer" && role !== undefined);
}

function fits(pattern: string, path: string): boolean {
  return pattern.endsWith("/*") ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
