import type { Socket } from "node:net";

/** A program that has a gamepad open. */
export interface Reader {
  /** Sends records, or drops them when the program does not read. */
  send(records: Buffer): void;
}

/**
 * Sends records to a program. Unread records stay in the kernel's buffer, some hundred of them; when it is full,
 * further ones are dropped, and as soon as there is room again `catchUp` gives the current state.
 */
export function createReader(socket: Socket, catchUp: () => Buffer): Reader {
  let isBehind = false;
  const written = () => {
    if (!isBehind) return;
    isBehind = false;
    socket.write(catchUp(), written);
  };
  return {
    send(records) {
      // The kernel accepts a few records completely or not at all, so at most one write waits here.
      if (socket.writableLength > 0) isBehind = true;
      else socket.write(records, written);
    },
  };
}
