import { NONE, request, shorts, words } from "../../../../src/runtime/x11/requests.ts";
import type { Area, Raster } from "../raster.ts";

/** The requests of the X11 protocol by which the bench draws. */

/** A window that no window manager touches, above all others; it hears of keys and buttons. */
export function createCover(window: number, parent: number, { x, y, width, height }: Area): Buffer {
  const events = words(OVERRIDE_REDIRECT | EVENT_MASK, 1, KEYS_AND_BUTTONS);
  return request(
    1,
    0,
    words(window, parent),
    shorts(x, y, width, height, 0, INPUT_OUTPUT),
    words(NONE),
    events,
  );
}

export function mapWindow(window: number): Buffer {
  return request(8, 0, words(window));
}

export function destroyWindow(window: number): Buffer {
  return request(4, 0, words(window));
}

export function moveWindow(window: number, x: number, y: number): Buffer {
  return request(12, 0, words(window), shorts(MOVE, 0), words(x, y));
}

/** What the server itself paints where a window was uncovered. */
export function setBackground(window: number, pixmap: number): Buffer {
  return request(2, 0, words(window, BACKGROUND, pixmap));
}

/** Has the server paint the background of a window. */
export function clearWindow(window: number): Buffer {
  return request(61, 0, words(window), shorts(0, 0, 0, 0));
}

/** Sends the keys to a window. */
export function setFocus(window: number): Buffer {
  return request(42, TO_PARENT, words(window, NONE));
}

export function createPixmap(pixmap: number, drawable: number, width: number, height: number): Buffer {
  return request(53, DEPTH, words(pixmap, drawable), shorts(width, height));
}

/** A graphics context that draws in a colour (0xrrggbb) and reports no exposures. */
export function createContext(context: number, drawable: number, colour: number): Buffer {
  return request(55, 0, words(context, drawable, FOREGROUND | EXPOSURES, colour, 0));
}

export function copyArea(
  from: number,
  to: number,
  context: number,
  { x, y, width, height }: Area,
  target = { x: 0, y: 0 },
): Buffer {
  return request(62, 0, words(from, to, context), shorts(x, y, target.x, target.y, width, height));
}

export function fillAreas(drawable: number, context: number, areas: readonly Area[]): Buffer {
  const encoded = areas.map(({ x, y, width, height }) => shorts(x, y, width, height));
  return request(70, 0, words(drawable, context), ...encoded);
}

/** Puts a picture into a pixmap, in requests of at most `longest` bytes of data. */
export function putPicture(pixmap: number, context: number, picture: Raster, longest: number): Buffer[] {
  const { width, height, pixels } = picture;
  const rows = Math.floor(longest / (width * 4));
  return Array.from({ length: Math.ceil(height / rows) }, (_, part) => {
    const y = part * rows;
    const count = Math.min(rows, height - y);
    const place = Buffer.concat([shorts(width, count, 0, y), Buffer.of(0, DEPTH, 0, 0)]);
    const data = pixels.subarray(y * width * 4, (y + count) * width * 4);
    return request(72, Z_PIXMAP, words(pixmap, context), place, data);
  });
}

/** Lets the server answer all programs again. */
export function ungrabServer(): Buffer {
  return request(37, 0);
}

/** Ends the events that `createDamage` asked for. */
export function destroyDamage(opcode: number, damage: number): Buffer {
  return request(opcode, 2, words(damage));
}

const DEPTH = 24;
/** Types of events. */
export const [KEY_PRESS, BUTTON_PRESS_EVENT] = [2, 4];

const Z_PIXMAP = 2;
const INPUT_OUTPUT = 1;
const TO_PARENT = 2;
/** Bits of what is set in a window or a graphics context. */
const [BACKGROUND, OVERRIDE_REDIRECT, EVENT_MASK, FOREGROUND, EXPOSURES] = [0x1, 0x200, 0x800, 0x4, 0x1_0000];
const MOVE = 0b11;
const KEYS_AND_BUTTONS = 0b101;
