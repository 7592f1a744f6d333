import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../../../src/model/error.ts";
import { createRandom } from "./content/random.ts";
import { SQUARE } from "./contents.ts";
import { brightnessAt } from "./raster.ts";
import type { Bench } from "./view.ts";

/** Milliseconds from a key or a click on the viewer's side until its answer is on the screen there. */
export interface Latency {
  readonly key: readonly number[];
  readonly click: readonly number[];
}

/** Inputs of each kind for each of `context.runs`. */
const TIMES = 12;
/** Milliseconds until an input counts as lost. */
const PATIENCE = 5_000;
/** Milliseconds between two inputs: about as somebody types, and not in step with anything. */
const PAUSE = { least: 120, most: 320 };
/** The key of a Latin keyboard that is an A in most countries. */
const KEY = 38;

/** Presses keys and clicks, each `12 * context.runs` times, on a view of the content that answers. */
export async function measureLatency({ context, glass }: Bench): Promise<Latency> {
  const random = createRandom(3);
  const centre = { x: SQUARE.x + SQUARE.width / 2, y: SQUARE.y + SQUARE.height / 2, width: 1, height: 1 };
  let [isWhite, changed] = [true, () => {}];
  const look = async () => {
    const now = brightnessAt(await glass.read(centre), 0, 0) > 128;
    if (now === isWhite) return;
    isWhite = now;
    changed();
  };
  const stop = glass.watch(look);
  await look();
  const measure = async (act: () => void): Promise<number[]> => {
    const times: number[] = [];
    for (let run = 0; run < TIMES * context.runs; run++) {
      await delay(PAUSE.least + random() * (PAUSE.most - PAUSE.least), undefined, { signal: context.signal });
      const begin = performance.now();
      const answered = new Promise<void>((resolve) => {
        changed = resolve;
      });
      act();
      const isLost = await Promise.race([answered, delay(PATIENCE, "lost", { ref: false })]);
      if (isLost) throw new KasmixError("E_NOT_READY", "A key or a click had no answer.");
      times.push(performance.now() - begin);
    }
    return times;
  };
  try {
    return { key: await measure(() => glass.press(KEY)), click: await measure(() => glass.click()) };
  } finally {
    stop();
  }
}
