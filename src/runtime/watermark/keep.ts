import { readFileSync } from "node:fs";
import type { Log } from "../log/log.ts";
import type { XConnection } from "../x11/connect.ts";
import { followX, type XServerPlace } from "../x11/follow.ts";
import {
  type Area,
  CHANGED,
  CONFIGURE_NOTIFY,
  COVERED,
  createContext,
  createPixmap,
  createPlainWindow,
  DESTROY_NOTIFY,
  destroyWindow,
  getGeometry,
  mapWindow,
  putImage,
  queryExtension,
  raiseWindow,
  shapeWindow,
  UNMAP_NOTIFY,
  VISIBILITY_NOTIFY,
  watchStructure,
} from "../x11/requests.ts";
import type { Size } from "../x11/watch-size.ts";
import { opaqueAreas, placeMarks } from "./marks.ts";
import { type Bitmap, decodePng } from "./png.ts";
import { drawMark } from "./text.ts";

/** Milliseconds until windows that came before the marks are behind them again: two programs that want to be first must not race. */
const PAUSE = 50;

/**
 * Shows a watermark before everything on the desktop: windows that take no mouse and are there only where the mark is. So
 * it is in every picture of the desktop, whoever takes it. `mark` is a text, or the path of a PNG. Returns a function
 * that ends it; a PNG that cannot be shown is logged.
 */
export function keepWatermark(place: XServerPlace, mark: string, log: Log): () => void {
  const abort = new AbortController();
  const picture = mark.startsWith("/") ? readPicture(mark, log) : undefined;
  if (mark.startsWith("/") && picture === undefined) return () => {};
  void followX(place, abort.signal, async (x) => {
    const bitmap = picture ?? (await drawMark(x, mark));
    const areas = opaqueAreas(bitmap);
    if (areas.length === 0) complain(log, mark, "nothing of it can be seen");
    return show(x, bitmap, areas);
  });
  return () => abort.abort();
}

function readPicture(path: string, log: Log): Bitmap | undefined {
  try {
    return decodePng(readFileSync(path));
  } catch (error) {
    complain(log, path, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function complain(log: Log, mark: string, reason: string): void {
  const message = `There is no watermark, because "${mark}" cannot be shown: ${reason}. Correct KASMIX_WATERMARK.`;
  log.error({ event: "watermark.failed", mark, message });
}

/** Rejects when the connection ends. */
async function show(x: XConnection, mark: Bitmap, areas: readonly Area[]): Promise<never> {
  const [geometry, shape] = await Promise.all([x.ask(getGeometry(x.root)), x.ask(queryExtension("SHAPE"))]);
  const opcode = shape.readUInt8(9);
  const pixmap = drawPixmap(x, mark);
  let screen: Size = { width: geometry.readUInt16LE(16), height: geometry.readUInt16LE(18) };
  let windows: number[] = [];
  const renew = () => {
    const former = windows;
    windows = placeMarks(mark, areas.length, screen).map((at) => {
      const window = x.newId();
      const area = { ...at, width: mark.width, height: mark.height };
      x.send(createPlainWindow(window, x.root, area, pixmap, COVERED | CHANGED));
      x.send(shapeWindow(opcode, window, 0, areas));
      x.send(shapeWindow(opcode, window, 2, []));
      x.send(mapWindow(window));
      return window;
    });
    for (const window of former) x.send(destroyWindow(window));
  };
  const raise = () => {
    for (const window of windows) x.send(raiseWindow(window));
  };
  const [renewSoon, raiseSoon] = [later(renew), later(raise)];
  x.onEvent((event) => {
    const [kind, window] = [(event[0] ?? 0) & 0x7f, event.readUInt32LE(4)];
    if (kind === CONFIGURE_NOTIFY && window === x.root) {
      screen = { width: event.readUInt16LE(20), height: event.readUInt16LE(22) };
      renewSoon();
    }
    if (!windows.includes(window)) return;
    if (kind === VISIBILITY_NOTIFY && event[8] !== UNOBSCURED) raiseSoon();
    if (kind === UNMAP_NOTIFY || kind === DESTROY_NOTIFY) renewSoon();
  });
  x.send(watchStructure(x.root));
  renew();
  await x.ended;
  throw new Error("the X server is gone");
}

const UNOBSCURED = 0;

/** Calls back once after a pause, however often it is asked meanwhile. */
function later(callback: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      callback();
    }, PAUSE);
  };
}

/** The mark in the X server, in bands that a request can carry. */
function drawPixmap(x: XConnection, { width, height, rgba }: Bitmap): number {
  const [pixmap, context] = [x.newId(), x.newId()];
  x.send(createPixmap(pixmap, x.root, width, height));
  x.send(createContext(context, pixmap));
  const pixels = Buffer.from(rgba);
  for (let at = 0; at < pixels.length; at += 4) {
    // Blue first.
    [pixels[at], pixels[at + 2]] = [rgba[at + 2] ?? 0, rgba[at] ?? 0];
  }
  const rows = Math.max(1, Math.floor(x.longestData / (width * 4)));
  for (let y = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y);
    const band = pixels.subarray(y * width * 4, (y + count) * width * 4);
    x.send(putImage(pixmap, context, { x: 0, y, width, height: count }, band));
  }
  return pixmap;
}
