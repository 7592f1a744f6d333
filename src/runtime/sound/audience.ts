import type { WebSocket } from "ws";

/** The listeners of one stream. */
export interface Audience {
  /** Adds a listener until its connection ends; `send` may drop chunks. */
  join(client: WebSocket, send: (chunk: Uint8Array) => void): void;
  /** Sends a chunk to all. */
  tell(chunk: Uint8Array): void;
}

interface Source {
  start(): void;
  stop(): void;
}

/** Starts the source with the first listener and stops it with the last. */
export function createAudience(source: () => Source): Audience {
  const listeners = new Map<WebSocket, (chunk: Uint8Array) => void>();
  return {
    join(client, send) {
      if (client.readyState !== client.OPEN) return;
      listeners.set(client, send);
      if (listeners.size === 1) source().start();
      client.once("close", () => {
        listeners.delete(client);
        if (listeners.size === 0) source().stop();
      });
    },
    tell(chunk) {
      for (const send of listeners.values()) send(chunk);
    },
  };
}
