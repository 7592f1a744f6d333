import { connect, type Socket } from "node:net";
import { feed, watchUntilPainted } from "./client.ts";

/** Milliseconds after which a picture counts as painted although it is black: some like their background so. */
const BLACK_IS_MEANT = 3_000;
const RETRY = 100;

/**
 * Calls back once less than half of the screen is black, as an empty X screen is at first, and at the latest
 * after `patience` milliseconds. It sees what any viewer at the display server's socket `path` sees; the server
 * tells of changes, so nothing is polled: only a connection that is refused or lost is made again. Gives a
 * function that ends the wait; after either no connection is left.
 */
export function watchPicture(path: string, onPainted: () => void, patience = BLACK_IS_MEANT): () => void {
  let socket: Socket | undefined;
  let retry: NodeJS.Timeout | undefined;
  const finish = () => {
    end();
    onPainted();
  };
  const attempt = () => {
    socket = look(path, finish, () => {
      retry = setTimeout(attempt, RETRY);
    });
  };
  const deadline = setTimeout(finish, patience);
  const end = () => {
    clearTimeout(deadline);
    clearTimeout(retry);
    socket?.removeAllListeners("close").destroy();
  };
  attempt();
  return end;
}

/** One connection. What the server should not have sent ends it for good: it would only send that again. */
function look(path: string, onPainted: () => void, onLost: () => void): Socket {
  const socket = connect({ path });
  const take = feed(watchUntilPainted((bytes) => socket.write(bytes)));
  socket.on("error", () => {});
  socket.once("close", onLost);
  socket.on("data", (chunk) => {
    try {
      if (take(chunk)) onPainted();
    } catch {
      socket.off("close", onLost).destroy();
    }
  });
  return socket;
}
