import type { WebSocket } from "ws";

/** Those who listen to one stream. */
export interface Audience {
  /** Adds a listener, who gets what `send` lets through until the connection ends. */
  join(client: WebSocket, send: (chunk: Uint8Array) => void): void;
  /** Gives everybody a chunk. */
  tell(chunk: Uint8Array): void;
}

interface Source {
  start(): void;
  stop(): void;
}

/** Keeps the source running from the first listener's coming to the last one's leaving. */
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
