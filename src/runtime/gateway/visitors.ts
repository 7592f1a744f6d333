import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import type { Role } from "./auth.ts";
import { CLOSE } from "./sockets.ts";

/** Somebody who sees the desktop. */
export interface Visitor {
  readonly id: string;
  readonly role: Role;
  /** Of the connection: behind a proxy it is the proxy's. */
  readonly address: string;
  /** ISO 8601. */
  readonly since: string;
  /** What the page calls itself, so that it finds itself in the list. */
  readonly page?: string;
  /** Bytes that were sent to it, and bytes that it has not taken yet. */
  readonly sent: number;
  readonly waiting: number;
}

/** Who sees the desktop now. */
export interface Visitors {
  /** Takes a connection in until it closes; gives what counts the bytes that are sent. */
  join(client: WebSocket, role: Role, request: IncomingMessage): (bytes: number) => void;
  list(): Visitor[];
  counts(): Readonly<Record<Role, number>>;
  /** Ends a visitor's connection; false when there is none with this id. */
  dismiss(id: string): boolean;
  /** Calls back when somebody came or went. */
  onChange(listener: () => void): void;
}

/** Milliseconds that a dismissed client has to say goodbye. */
const GOODBYE = 1_000;

export function createVisitors(): Visitors {
  const present = new Map<
    string,
    { client: WebSocket; visitor: Omit<Visitor, "sent" | "waiting">; sent: number }
  >();
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    join(client, role, request) {
      const entry = { client, visitor: describe(role, request), sent: 0 };
      present.set(entry.visitor.id, entry);
      client.once("close", () => {
        present.delete(entry.visitor.id);
        tell();
      });
      tell();
      return (bytes) => {
        entry.sent += bytes;
      };
    },
    list: () =>
      [...present.values()].map(({ client, visitor, sent }) => ({
        ...visitor,
        sent,
        waiting: client.bufferedAmount,
      })),
    counts() {
      const counts: Record<Role, number> = { owner: 0, viewer: 0 };
      for (const { visitor } of present.values()) counts[visitor.role] += 1;
      return counts;
    },
    dismiss(id) {
      const client = present.get(id)?.client;
      if (!client) return false;
      client.close(CLOSE.dismissed, "the owner ended the connection");
      // One that is slow, or does not listen, does not stay for that.
      const timer = setTimeout(() => client.terminate(), GOODBYE);
      client.once("close", () => clearTimeout(timer));
      return true;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

function describe(role: Role, { socket, url = "" }: IncomingMessage): Omit<Visitor, "sent" | "waiting"> {
  const page = new URLSearchParams(url.split("?")[1]).get("page");
  return {
    id: randomUUID(),
    role,
    address: (socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    since: new Date().toISOString(),
    // It is shown to others: nothing but what a page of ours makes.
    ...(page !== null && /^[\w-]{1,40}$/.test(page) ? { page } : {}),
  };
}
