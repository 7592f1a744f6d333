import type { WebSocket } from "ws";
import type { PointerReport } from "../../wire/screen.ts";
import type { XServerPlace } from "../x11/follow.ts";
import { watchPointer } from "../x11/watch-pointer.ts";

/** Bytes that a client may leave unread before it misses where the pointer was. */
const MOST_UNREAD = 64 * 1024;

/** Tells clients where the pointer is, until they are gone. Nothing is watched while there is none. */
export function createPointerReports(x: XServerPlace): { join(client: WebSocket): void } {
  const clients = new Set<WebSocket>();
  let newest: string | undefined;
  let end = () => {};
  const tell = (client: WebSocket) => {
    if (newest !== undefined && client.bufferedAmount < MOST_UNREAD) client.send(newest);
  };
  return {
    join(client) {
      if (clients.size === 0)
        end = watchPointer(x, (pointer) => {
          newest = JSON.stringify({ pointer } satisfies PointerReport);
          for (const each of clients) tell(each);
        });
      else tell(client);
      clients.add(client);
      client.once("close", () => {
        clients.delete(client);
        if (clients.size === 0) end();
      });
    },
  };
}
