import { BLOCK, BLOCKS, readBlocks } from "./counter.ts";
import type { Glass } from "./glass.ts";
import { brightnessAt } from "./raster.ts";

/** Counts the pictures that somebody sees, by their numbers. */
export interface Counter {
  /** Pictures that were shown so far: one for each change of the number. */
  readonly shown: number;
  /** The number that is shown, once there was one. */
  readonly number: number | undefined;
  /** Resolves once a number is shown. */
  waitFor(number: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

const ROW = { x: 0, y: BLOCK / 2, width: BLOCKS * BLOCK, height: 1 };

/** Follows the number in the upper left corner of a screen. */
export function countPictures(glass: Glass): Counter {
  const listeners = new Set<() => void>();
  let shown = 0;
  let number: number | undefined;
  const stop = glass.watch(async () => {
    const row = await glass.read(ROW);
    const read = readBlocks(
      Array.from({ length: BLOCKS }, (_, at) => brightnessAt(row, at * BLOCK + BLOCK / 2, 0)),
    );
    if (read === undefined || read === number) return;
    shown += 1;
    number = read;
    for (const listener of listeners) listener();
  });
  return {
    get shown() {
      return shown;
    },
    get number() {
      return number;
    },
    waitFor: (wanted, signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!signal.aborted && number !== wanted) return;
          listeners.delete(look);
          if (number === wanted) resolve();
          else reject(signal.reason);
        };
        listeners.add(look);
        signal.addEventListener("abort", look, { once: true });
        look();
      }),
    stop,
  };
}
