import type { Marks } from "./look.ts";

/** What people do with the desktop, besides what its X server knows. */
export interface Activity {
  /** Notes input now, or at another time on the clock of `now`. */
  noteInput(at?: number): void;
  /** Notes that somebody who may type has opened the desktop. */
  noteVisit(): void;
  /** A session has ended; the next visit begins another. */
  restart(at: number): void;
  marks(): Marks;
}

/** `now` is in milliseconds. */
export function createActivity(now: () => number = () => performance.now()): Activity {
  let input = now();
  let began: number | undefined;
  const noteInput = (at = now()) => {
    input = Math.max(input, at);
  };
  return {
    noteInput,
    noteVisit() {
      began ??= now();
      noteInput();
    },
    restart(at) {
      began = undefined;
      noteInput(at);
    },
    marks: () => ({ input, began }),
  };
}
