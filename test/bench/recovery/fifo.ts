import { constants, openSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { Socket } from "node:net";
import { run } from "../context.ts";

/** A named pipe that is listened on. */
export interface Fifo {
  close(): void;
}

/** Makes a named pipe that everybody may use. */
export async function makeFifo(file: string): Promise<void> {
  await run("E_MACHINE")`mkfifo ${file}`;
  await chmod(file, 0o666); // mkfifo's --mode would be cut by the umask
}

/** Creates a named pipe and reads from it without polling: the kernel wakes up this process. */
export async function listenOnFifo(file: string, onText: (text: string) => void): Promise<Fifo> {
  await makeFifo(file);
  // For writing too, so that it does not end when a writer leaves.
  const fd = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.setEncoding("utf8").on("data", onText);
  return { close: () => socket.destroy() };
}
