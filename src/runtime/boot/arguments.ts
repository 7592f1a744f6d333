import type { Log } from "../log/log.ts";

/**
 * Logs what to do instead when the container was started with a command, as images without an entrypoint of their own take
 * it. Only its first word: others may be secrets.
 */
export function hintAtCommand([first = ""]: readonly string[], log: Log): void {
  const program = /^[\w./+-]+$/.test(first) && !first.startsWith("-") ? first : undefined;
  if (program === undefined) return;
  const message = `"${program}" is not run: the desktop starts as always. In it: docker exec CONTAINER ${program}; instead of it: docker run --entrypoint ${program} IMAGE`;
  log.warn({ event: "command.unused", message });
}
