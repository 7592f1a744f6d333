import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";

/** Number of an X display that nobody has now. Far from those that X servers take by themselves, which begin at 0. */
export function freeDisplay(): number {
  for (;;) {
    const number = randomInt(100, 1_000);
    const traces = [`/tmp/.X${number}-lock`, `/tmp/.X11-unix/X${number}`];
    if (!traces.some((path) => existsSync(path))) return number;
  }
}
