import { setTimeout as delay } from "node:timers/promises";
import type { XConnection } from "./connect.ts";
import { followX, type XServerPlace } from "./follow.ts";
import { queryPointer } from "./requests.ts";

/** A place on the screen, in pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Milliseconds between two looks: X tells nobody but the window under the pointer. */
const LOOK_EVERY = 40;

/** Calls `onMove` with the pointer's place at first and when it has changed. Returns a function that ends it. */
export function watchPointer(place: XServerPlace, onMove: (place: Place) => void): () => void {
  const abort = new AbortController();
  void followX(place, abort.signal, (x) => followPointer(x, abort.signal, onMove));
  return () => abort.abort();
}

async function followPointer(
  x: XConnection,
  signal: AbortSignal,
  onMove: (place: Place) => void,
): Promise<void> {
  let last: Place | undefined;
  while (!signal.aborted) {
    const reply = await x.ask(queryPointer(x.root));
    const place = { x: reply.readInt16LE(16), y: reply.readInt16LE(18) };
    if (signal.aborted) return;
    if (place.x !== last?.x || place.y !== last.y) onMove(place);
    last = place;
    await delay(LOOK_EVERY);
  }
}
