import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import { createTrustedProxies, type TrustedProxies } from "./client-address.ts";
import { pageOf } from "./refused-pages.ts";
import { CLOSE } from "./sockets.ts";
import type { Role } from "./users.ts";

/** A connection that shows the desktop. */
export interface Visitor {
  readonly id: string;
  readonly role: Role;
  /** Name that it signed in with. */
  readonly user: string;
  /** Its address: see `TrustedProxies.clientOf`. */
  readonly address: string;
  /** ISO 8601. */
  readonly since: string;
  /** Id that the page chose, so that it can find itself in the list. */
  readonly page?: string;
  /** Bytes sent to it. */
  readonly sent: number;
  /** Bytes that it has not received yet. */
  readonly waiting: number;
  /** Milliseconds during which the display server had to wait for it. */
  readonly held: number;
}

/** Measures the traffic to a visitor. */
export interface Meter {
  sent(bytes: number): void;
  /** Whether the display server has to wait for the visitor. */
  held(isHeld: boolean): void;
}

/** Unsent bytes above which the display server has to wait for a visitor. */
export const HIGH_WATER = 1024 * 1024;

/** The connections that show the desktop now. */
export interface Visitors {
  /** Lists a connection until it closes. */
  join(client: WebSocket, who: Pick<Visitor, "role" | "user">, request: IncomingMessage): Meter;
  list(): Visitor[];
  /** Milliseconds until a visitor answers a ping; undefined without an answer within `patience`. */
  ping(id: string, patience: number): Promise<number | undefined>;
  counts(): Readonly<Record<Role, number>>;
  /** Closes a visitor's connection; false when no visitor has this id. */
  dismiss(id: string): boolean;
  /** Closes all with a code and its reason. Returns how many. */
  dismissAll(code: number, reason: string): number;
  /** Calls back when a visitor connects or disconnects. */
  onChange(listener: () => void): void;
}

/** Milliseconds that a dismissed client has for the closing handshake. */
const CLOSING = 1_000;

type Description = Omit<Visitor, "sent" | "waiting" | "held">;

export function createVisitors(proxies: TrustedProxies = createTrustedProxies()): Visitors {
  const present = new Map<string, Present>();
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    join(client, who, request) {
      const entry = new Present(client, describe(who, request, proxies.clientOf(request).address));
      const { id } = entry.description;
      present.set(id, entry);
      client.once("close", () => {
        present.delete(id);
        tell();
      });
      tell();
      return entry;
    },
    list: () => [...present.values()].map((entry) => entry.visitor()),
    ping: async (id, patience) => await present.get(id)?.ping(patience),
    counts() {
      const counts: Record<Role, number> = { owner: 0, participant: 0, viewer: 0 };
      for (const { description } of present.values()) counts[description.role] += 1;
      return counts;
    },
    dismiss(id) {
      const entry = present.get(id);
      entry?.dismiss(CLOSE.dismissed, "the owner ended the connection");
      return entry !== undefined;
    },
    dismissAll(code, reason) {
      for (const entry of present.values()) entry.dismiss(code, reason);
      return present.size;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

class Present implements Meter {
  readonly description: Description;
  readonly #client: WebSocket;
  #sent = 0;
  #held = 0;
  #heldSince: number | undefined;

  constructor(client: WebSocket, description: Description) {
    this.#client = client;
    this.description = description;
  }

  sent(bytes: number): void {
    this.#sent += bytes;
  }

  held(isHeld: boolean): void {
    if (isHeld) this.#heldSince ??= performance.now();
    else if (this.#heldSince !== undefined) {
      this.#held += performance.now() - this.#heldSince;
      this.#heldSince = undefined;
    }
  }

  visitor(): Visitor {
    const running = this.#heldSince === undefined ? 0 : performance.now() - this.#heldSince;
    const held = Math.round(this.#held + running);
    return { ...this.description, sent: this.#sent, waiting: this.#client.bufferedAmount, held };
  }

  dismiss(code: number, reason: string): void {
    const client = this.#client;
    client.close(code, reason);
    const timer = setTimeout(() => client.terminate(), CLOSING);
    client.once("close", () => clearTimeout(timer));
  }

  ping(patience: number): Promise<number | undefined> {
    const client = this.#client;
    // Distinguishes the answer from those to keep-alive pings.
    const word = randomUUID();
    const begin = performance.now();
    return new Promise((resolve) => {
      const finish = (result?: number) => {
        clearTimeout(timer);
        client.off("pong", onPong).off("close", onClose);
        resolve(result);
      };
      const onPong = (data: Buffer) => {
        if (data.toString() === word) finish(performance.now() - begin);
      };
      const onClose = () => finish();
      const timer = setTimeout(onClose, patience);
      client.on("pong", onPong).on("close", onClose);
      client.ping(word, undefined, (error) => error && finish());
    });
  }
}

function describe(
  who: Pick<Visitor, "role" | "user">,
  request: IncomingMessage,
  address: string,
): Description {
  const page = pageOf(request);
  return {
    id: randomUUID(),
    ...who,
    address,
    since: new Date().toISOString(),
    ...(page === null ? {} : { page }),
  };
}
