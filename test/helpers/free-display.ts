import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";

/** The number of an unused X display, far from those that X servers choose, which begin at 0. */
export function freeDisplay(): number {
  for (;;) {
    const number = randomInt(100, 1_000);
    const traces = [`/tmp/.X${number}-lock`, `/tmp/.X11-unix/X${number}`];
    if (!traces.some((path) => existsSync(path))) return number;
  }
}
