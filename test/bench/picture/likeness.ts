import { setTimeout as delay } from "node:timers/promises";
import { compare, type Likeness } from "./compare.ts";
import { comparedArea } from "./contents.ts";
import { NUMBERS } from "./counter.ts";
import type { Bench, View } from "./view.ts";

/** How the last picture of a movement looks. */
export interface Sharpness {
  /** When it is first shown; absent when it comes later than {@link STILL_AFTER}. */
  readonly moving?: Likeness;
  /** When the content has not moved for {@link STILL_AFTER}. */
  readonly still: Likeness;
}

/** Milliseconds. */
const STILL_AFTER = 300;
/** Milliseconds of movement before. */
const MOVEMENT = 1000;

/** Stops a content `context.runs` times and compares what the browser shows with the desktop. */
export async function compareStills(bench: Bench, view: View): Promise<Sharpness[]> {
  const found: Sharpness[] = [];
  for (let run = 0; run < bench.context.runs; run++) {
    found.push(await compareStill(bench, view));
    await bench.painter.move();
    await delay(MOVEMENT, undefined, { signal: bench.context.signal });
  }
  return found;
}

async function compareStill(
  { painter }: Bench,
  { content, counter, readDesktop, readGlass }: View,
): Promise<Sharpness> {
  const { drawn, at } = await painter.freeze();
  const left = () => Math.max(0, Math.round(at + STILL_AFTER - performance.timeOrigin - performance.now()));
  const shown = await counter
    .waitFor((drawn - 1) % NUMBERS, AbortSignal.timeout(left()))
    .then(readGlass, () => undefined);
  await delay(left());
  const still = await readGlass();
  const real = await readDesktop();
  const area = comparedArea(content);
  return {
    ...(shown === undefined ? {} : { moving: compare(shown, real, area) }),
    still: compare(still, real, area),
  };
}
