import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** Most bytes of a secret. */
const LIMIT = 64 * 1024;

/**
 * The secret in the file that NAME_FILE names, without the line breaks at its end; undefined without a path. A file that
 * cannot be used is logged and counts as none.
 */
export function readSecretFile(variable: string, path: string, log: Log): string | undefined {
  if (path === "") return undefined;
  const subject = { variable: `${variable}_FILE`, path };
  try {
    const { text, stays } = read(path);
    if (stays) {
      const message = `Programs on the desktop run as the same user, so they can read ${path} while it is mounted. ${variable} itself is hidden from them.`;
      log.warn({ event: "secret.shown", ...subject, message });
    }
    return text;
  } catch (error) {
    const message = `${variable}_FILE cannot be used: ${reasonOf(error)}. ${variable} counts as not set. Mount a file with the secret there that uid ${process.getuid?.()} may read, and start again.`;
    log.error({ event: "secret.unusable", ...subject, message });
    return undefined;
  }
}

/** `stays`: others can read it later too, unlike a pipe. */
function read(path: string): { text: string; stays: boolean } {
  // A FIFO without a writer must not hold up the start.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(LIMIT + 1);
    let length = 0;
    for (let count = 1; count > 0 && length < bytes.length; length += count) {
      count = readSync(fd, bytes, length, bytes.length - length, null);
    }
    if (length > LIMIT) throw new Error(`${path} has more than ${LIMIT / 1024} KiB`);
    const text = bytes.toString("utf8", 0, length).replace(/[\r\n]+$/, "");
    if (text === "") throw new Error(`${path} is empty`);
    return { text, stays: fstatSync(fd).isFile() };
  } finally {
    closeSync(fd);
  }
}
