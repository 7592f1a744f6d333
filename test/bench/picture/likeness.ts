import { setTimeout as delay } from "node:timers/promises";
import { compare, type Likeness } from "./compare.ts";
import { comparedArea } from "./contents.ts";
import { NUMBERS } from "./counter.ts";
import type { Raster } from "./raster.ts";
import type { Bench, View } from "./view.ts";

/** How the last picture of a movement looks. */
export interface Sharpness {
  /** When it is first shown; absent when it comes later than {@link STILL}. */
  readonly moving?: Likeness;
  /** {@link STILL} milliseconds after it was drawn. */
  readonly still: Likeness;
  /** {@link LATER} milliseconds after it was drawn; absent where nothing had moved. */
  readonly later?: Likeness;
}

const [STILL, LATER] = [300, 1000];
/** Milliseconds of movement before the next stop. */
const MOVEMENT = 500;

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
  const until = (age: number) =>
    Math.max(0, Math.round(at + age - performance.timeOrigin - performance.now()));
  const last = counter.waitFor((drawn - 1) % NUMBERS, AbortSignal.timeout(until(STILL)));
  const shown = await last.then(readGlass, () => undefined);
  await delay(until(STILL));
  const still = await readGlass();
  await delay(until(LATER));
  const later = await readGlass();
  const real = await readDesktop();
  const likeness = (picture: Raster) => compare(picture, real, comparedArea(content));
  return {
    ...(shown === undefined ? {} : { moving: likeness(shown) }),
    still: likeness(still),
    later: likeness(later),
  };
}
