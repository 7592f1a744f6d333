import { setTimeout as delay } from "node:timers/promises";
import type { XConnection } from "./connect.ts";
import { followX, type XServerPlace } from "./follow.ts";
import { openDamage } from "./open-damage.ts";
import { getGeometry, getImage } from "./requests.ts";

/** Milliseconds after which a black screen counts as painted, because the background may be black. */
const BLACK_IS_MEANT = 3_000;
/** Milliseconds between two looks, so that a desktop that is being drawn keeps the processor. */
const PAUSE = 20;
/** Lines that are looked at, evenly over the screen. */
const LINES = 32;

/**
 * Calls `onPainted` once less than half of the screen is black, as an empty X screen is at first, and at the latest after
 * `patience` milliseconds. Nothing is polled: the X server reports when something is drawn. Returns a function that
 * ends the wait; after either no connection is left.
 */
export function watchPainted(
  place: XServerPlace,
  onPainted: () => void,
  patience = BLACK_IS_MEANT,
): () => void {
  const abort = new AbortController();
  const finish = () => {
    abort.abort();
    clearTimeout(deadline);
  };
  const call = () => {
    if (abort.signal.aborted) return;
    finish();
    onPainted();
  };
  const deadline = setTimeout(call, patience);
  void followX(place, abort.signal, follow).then(call);
  return finish;
}

/**
 * Looks now and whenever something was drawn until the screen is painted. Rejects when the connection ends. Without
 * DAMAGE it looks only once: the patience does the rest.
 */
async function follow(x: XConnection): Promise<void> {
  const damage = await openDamage(x);
  for (;;) {
    const drawn = damage?.next() ?? x.ended;
    // The server reports the next damage only after this one is taken back.
    await damage?.takeBack();
    if (await isPainted(x)) return;
    await drawn;
    await delay(PAUSE);
  }
}

async function isPainted(x: XConnection): Promise<boolean> {
  const geometry = await x.ask(getGeometry(x.root));
  const [width, height] = [geometry.readUInt16LE(16), geometry.readUInt16LE(18)];
  const lines = Array.from({ length: LINES }, (_, index) => Math.floor(((index + 0.5) * height) / LINES));
  const images = await Promise.all(lines.map((y) => x.ask(getImage(x.root, { x: 0, y, width, height: 1 }))));
  const black = images.reduce((sum, image) => sum + blackPixels(image, width), 0);
  return black * 2 < width * LINES;
}

/** Black pixels of one line, whatever their size; of 4 bytes one is padding. */
function blackPixels(image: Buffer, width: number): number {
  const size = Math.max(1, Math.floor((image.length - 32) / width));
  const colours = Math.min(size, 3);
  let black = 0;
  for (let at = 32; at + size <= 32 + width * size; at += size) {
    if (image.subarray(at, at + colours).every((byte) => byte === 0)) black += 1;
  }
  return black;
}
