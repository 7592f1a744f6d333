import { setTimeout as delay } from "node:timers/promises";
import type { Encoder } from "../encoder/run.ts";
import type { XConnection } from "../x11/connect.ts";
import { followX, type XServerPlace } from "../x11/follow.ts";
import { openDamage } from "../x11/open-damage.ts";

/** Milliseconds without a frame in which the encoder has looked at the screen several times. */
const QUIET = 50;
/** Milliseconds until the next look whether all is still. */
const PAUSE = 150;
/**
 * Milliseconds in which it owes a frame after something was drawn: it may wait for a busy X server, or change nothing that
 * it encodes.
 */
const LONGEST_DEBT = 1_000;
/** Milliseconds of sleep until it looks at the screen again: it may not have seen the last change, if it was slow. */
const LONGEST_SLEEP = 1_000;

/**
 * Has the encoder sleep while nothing is drawn: its library would look at the whole screen sixty times a second. Returns a
 * function that ends this.
 */
export function restWhileStill(place: XServerPlace, encoder: Encoder): () => void {
  const abort = new AbortController();
  void followX(place, abort.signal, (x) => follow(x, encoder).finally(encoder.wake));
  return () => abort.abort();
}

/** Rejects when the connection ends. */
async function follow(x: XConnection, encoder: Encoder): Promise<void> {
  const damage = await openDamage(x);
  if (damage === undefined) return;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const owesFrame = () => {
    const age = performance.now() - drawnAt;
    return age < LONGEST_DEBT && encoder.silence >= age;
  };
  for (;;) {
    let isDrawn = false;
    const drawn = damage.next().finally(() => {
      isDrawn = true;
      drawnAt = performance.now();
    });
    // It may reject while it is not awaited.
    drawn.catch(() => {});
    await damage.takeBack();
    let hasSlept = false;
    while (!isDrawn) {
      await delay(QUIET);
      // When it is silent after a frame, it has seen all that was drawn before.
      if (isDrawn || encoder.silence < QUIET || owesFrame()) continue;
      hasSlept = true;
      await Promise.race([drawn, encoder.sleep(), delay(LONGEST_SLEEP)]);
      encoder.wake();
    }
    if (!hasSlept) await delay(PAUSE);
  }
}
