import type { WebSocket } from "ws";

/** The listeners of one stream. */
export interface Audience {
  /** Adds a listener until its connection ends; `send` may drop chunks. */
  join(client: WebSocket, send: Send): void;
  /** Adds a listener in this process; returns the function that ends it. */
  add(send: Send): () => void;
  /** Sends a chunk to all. */
  tell(chunk: Uint8Array): void;
}

type Send = (chunk: Uint8Array) => void;

interface Source {
  start(): void;
  stop(): void;
}

/** Starts the source with the first listener and stops it with the last. */
export function createAudience(source: () => Source): Audience {
  const listeners = new Set<Send>();
  const add = (send: Send) => {
    listeners.add(send);
    if (listeners.size === 1) source().start();
    return () => {
      listeners.delete(send);
      if (listeners.size === 0) source().stop();
    };
  };
  return {
    join(client, send) {
      if (client.readyState === client.OPEN) client.once("close", add(send));
    },
    add,
    tell(chunk) {
      for (const send of listeners) send(chunk);
    },
  };
}
