import type { Socket } from "node:net";

/** A program that has a gamepad open. */
export interface Reader {
  /** Sends records, or leaves them out when the program does not read. */
  send(records: Buffer): void;
}

/**
 * Sends records to a program. What it does not read stays in the kernel's buffer, some hundred records; when that is
 * full they are left out, and as soon as there is room again `catchUp` tells how things are.
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
      // The kernel takes a few records whole or not at all: those that wait are the only ones.
      if (socket.writableLength > 0) isBehind = true;
      else socket.write(records, written);
    },
  };
}
