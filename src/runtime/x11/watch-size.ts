import type { XConnection } from "./connect.ts";
import { followX, type XServerPlace } from "./follow.ts";
import { CONFIGURE_NOTIFY, getGeometry, watchStructure } from "./requests.ts";

/** Pixels of a screen. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Calls `onSize` with the screen's size as soon as there is an X server and at each change, and with undefined when the
 * server has gone. Returns a function that ends it.
 */
export function watchSize(place: XServerPlace, onSize: (size: Size | undefined) => void): () => void {
  const abort = new AbortController();
  const tell = (size: Size | undefined) => {
    if (!abort.signal.aborted) onSize(size);
  };
  void followX(place, abort.signal, (x) => followSize(x, tell));
  return () => abort.abort();
}

/** Rejects when the connection ends. */
async function followSize(x: XConnection, onSize: (size: Size | undefined) => void): Promise<never> {
  x.onEvent((event) => {
    if (((event[0] ?? 0) & 0x7f) === CONFIGURE_NOTIFY) onSize(sizeAt(event, 20));
  });
  x.send(watchStructure(x.root));
  onSize(sizeAt(await x.ask(getGeometry(x.root)), 16));
  await x.ended;
  onSize(undefined);
  throw new Error("the X server is gone");
}

function sizeAt(message: Buffer, offset: number): Size {
  return { width: message.readUInt16LE(offset), height: message.readUInt16LE(offset + 2) };
}
