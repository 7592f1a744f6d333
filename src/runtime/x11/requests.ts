/** The requests of the X11 protocol that Kasmix uses, little endian. */

/** `CurrentTime`, `None`, `CopyFromParent`. */
export const NONE = 0;
/** Predefined atoms. */
export const ATOM = 4;
export const INTEGER = 19;

export function createWindow(window: number, parent: number): Buffer {
  const geometry = Buffer.alloc(12);
  geometry.writeUInt16LE(1, 4);
  geometry.writeUInt16LE(1, 6);
  geometry.writeUInt16LE(INPUT_ONLY, 10);
  return request(1, 0, words(window, parent), geometry, words(NONE, EVENT_MASK, PROPERTY_CHANGE));
}

/** Makes a window that no window manager handles, with a picture as its background; see watchWindow for its events. */
export function createPlainWindow(
  window: number,
  parent: number,
  area: Area,
  background: number,
  events: number,
): Buffer {
  const geometry = shorts(area.x, area.y, area.width, area.height, 0, INPUT_OUTPUT);
  const mask = BACK_PIXMAP | OVERRIDE_REDIRECT | EVENT_MASK;
  return request(1, 0, words(window, parent), geometry, words(NONE, mask, background, 1, events));
}

/** Which events a window's own client gets: that it is covered, and that it is moved, unmapped or destroyed. */
export const COVERED = 0x1_0000;
export const CHANGED = 0x2_0000;
export const [VISIBILITY_NOTIFY, DESTROY_NOTIFY, UNMAP_NOTIFY] = [15, 17, 18];

export function mapWindow(window: number): Buffer {
  return request(8, 0, words(window));
}

/** Brings a window before all others. */
export function raiseWindow(window: number): Buffer {
  return request(12, 0, words(window), shorts(STACK_MODE, 0), words(NONE));
}

export function createPixmap(pixmap: number, drawable: number, width: number, height: number): Buffer {
  return request(53, DEPTH, words(pixmap, drawable), shorts(width, height));
}

export function freePixmap(pixmap: number): Buffer {
  return request(54, 0, words(pixmap));
}

export function openFont(font: number, name: string): Buffer {
  return request(45, 0, words(font), shorts(name.length, 0), Buffer.from(name));
}

/** A context for drawing white on black, with a font or without. */
export function createContext(context: number, drawable: number, font?: number): Buffer {
  const colours = [FOREGROUND | BACKGROUND, 0xff_ffff, 0];
  const values = font === undefined ? colours : [FOREGROUND | BACKGROUND | FONT, 0xff_ffff, 0, font];
  return request(55, 0, words(context, drawable, ...values));
}

/** Draws a text of up to 255 characters, one byte each, with what is behind it. */
export function drawText(drawable: number, context: number, x: number, y: number, text: Buffer): Buffer {
  return request(76, text.length, words(drawable, context), shorts(x, y), text);
}

/** Draws rows of pixels of 32 bits, blue first. */
export function putImage(drawable: number, context: number, area: Area, pixels: Buffer): Buffer {
  const { x, y, width, height } = area;
  const depth = Buffer.of(0, DEPTH, 0, 0);
  return request(72, Z_PIXMAP, words(drawable, context), shorts(width, height, x, y), depth, pixels);
}

/** SHAPE: a window is there only where these areas are; `kind` 2 is about where it takes the mouse. */
export function shapeWindow(opcode: number, window: number, kind: 0 | 2, areas: readonly Area[]): Buffer {
  const boxes = areas.map(({ x, y, width, height }) => shorts(x, y, width, height));
  return request(opcode, 1, Buffer.of(0, kind, 0, 0), words(window, 0), ...boxes);
}

/** A part of a picture or a window. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function destroyWindow(window: number): Buffer {
  return request(4, 0, words(window));
}

/** Asks for PropertyNotify events of a window, also of another client. */
export function watchProperties(window: number, watch = true): Buffer {
  return request(2, 0, words(window, EVENT_MASK, watch ? PROPERTY_CHANGE : 0));
}

/** Asks for ConfigureNotify events of a window. */
export function watchStructure(window: number): Buffer {
  return request(2, 0, words(window, EVENT_MASK, STRUCTURE_NOTIFY));
}

/** Event type of a window's new size. */
export const CONFIGURE_NOTIFY = 22;

export function internAtom(name: string): Buffer {
  return request(16, 0, shorts(name.length, 0), Buffer.from(name));
}

/** Sets a property, or appends to it. `format` is the number of bits per item. */
export function changeProperty(change: {
  readonly window: number;
  readonly property: number;
  readonly type: number;
  readonly format: 8 | 32;
  readonly data: Buffer;
  readonly append?: boolean;
}): Buffer {
  const { window, property, type, format, data, append = false } = change;
  const head = words(window, property, type, format, data.length / (format / 8));
  return request(18, append ? 2 : 0, head, data);
}

export function deleteProperty(window: number, property: number): Buffer {
  return request(19, 0, words(window, property));
}

/** Reads up to `longest` bytes of a property of any type, and deletes it if that was all. */
export function getProperty(window: number, property: number, longest: number): Buffer {
  return request(20, 1, words(window, property, NONE, 0, Math.ceil(longest / 4)));
}

/** Reads up to `longest` bytes of a property of any type, and leaves it. */
export function readProperty(window: number, property: number, longest: number): Buffer {
  return request(20, 0, words(window, property, NONE, 0, Math.ceil(longest / 4)));
}

export function setSelectionOwner(owner: number, selection: number, time: number): Buffer {
  return request(22, 0, words(owner, selection, time));
}

export function getSelectionOwner(selection: number): Buffer {
  return request(23, 0, words(selection));
}

export function convertSelection(
  requestor: number,
  selection: number,
  target: number,
  property: number,
): Buffer {
  return request(24, 0, words(requestor, selection, target, property, NONE));
}

/** Answers a request for a selection; `property` NONE means that it is not available. */
export function notifySelection(asked: {
  readonly requestor: number;
  readonly selection: number;
  readonly target: number;
  readonly time: number;
  readonly property: number;
}): Buffer {
  const { requestor, selection, target, time, property } = asked;
  const event = Buffer.alloc(32);
  event[0] = 31;
  words(time, requestor, selection, target, property).copy(event, 4);
  return request(25, 0, words(requestor, 0), event);
}

export function queryExtension(name: string): Buffer {
  return request(98, 0, shorts(name.length, 0), Buffer.from(name));
}

/** Reads the keysyms of `count` keys from `first` on. */
export function getKeyboardMapping(first: number, count: number): Buffer {
  return request(101, 0, Buffer.of(first, count, 0, 0));
}

/** Removes the keysyms of `count` keys from `first` on. */
export function clearKeys(first: number, count: number): Buffer {
  return request(100, count, Buffer.of(first, 1, 0, 0), Buffer.alloc(4 * count));
}

/** Keeps the server from answering all other programs, until the connection ends. */
export function grabServer(): Buffer {
  return request(36, 0);
}

/** Event types for XTEST. */
export const [BUTTON_PRESS, BUTTON_RELEASE, MOTION] = [4, 5, 6];

/**
 * XTEST's FakeInput, which simulates keyboard and mouse. `detail` is the key or button, or 1 for a relative motion.
 */
export function fakeInput(
  opcode: number,
  input: { readonly type: number; readonly detail: number; readonly dx: number; readonly dy: number },
): Buffer {
  const { type, detail, dx, dy } = input;
  const place = Buffer.alloc(12);
  place.writeInt16LE(dx, 0);
  place.writeInt16LE(dy, 2);
  return request(opcode, 2, Buffer.of(type, detail, 0, 0), words(0, NONE, 0, 0), place);
}

/** XFixes needs the version of the client before any other request. */
export function queryFixesVersion(opcode: number): Buffer {
  return request(opcode, 0, words(2, 0));
}

/** Asks for an event whenever a selection gets another owner or loses it. */
export function watchSelection(opcode: number, window: number, selection: number): Buffer {
  return request(opcode, 2, words(window, selection, 0b111));
}

/** Asks where the pointer is. */
export function queryPointer(window: number): Buffer {
  return request(38, 0, words(window));
}

/** MIT-SCREEN-SAVER's QueryInfo, which says for how long there was no input. */
export function queryIdle(opcode: number, window: number): Buffer {
  return request(opcode, 1, words(window));
}

export function getGeometry(drawable: number): Buffer {
  return request(14, 0, words(drawable));
}

/** Reads a part of a window as it is on the screen, with the windows in it and in front of it. */
export function getImage(drawable: number, area: Area): Buffer {
  return request(
    73,
    Z_PIXMAP,
    words(drawable),
    shorts(area.x, area.y, area.width, area.height),
    words(ALL_PLANES),
  );
}

/** DAMAGE needs the version of the client before any other request. */
export function queryDamageVersion(opcode: number): Buffer {
  return request(opcode, 0, words(1, 1));
}

/** Asks for one event when something is drawn in a window, and for the next one after subtractDamage. */
export function createDamage(opcode: number, damage: number, window: number): Buffer {
  return request(opcode, 1, words(damage, window), Buffer.of(NON_EMPTY, 0, 0, 0));
}

export function subtractDamage(opcode: number, damage: number): Buffer {
  return request(opcode, 3, words(damage, NONE, NONE));
}

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffff_ffff;
const NON_EMPTY = 3;
const [INPUT_OUTPUT, INPUT_ONLY] = [1, 2];
const [BACK_PIXMAP, OVERRIDE_REDIRECT, EVENT_MASK] = [0x1, 0x200, 0x800];
const [FOREGROUND, BACKGROUND, FONT] = [0x4, 0x8, 0x4000];
const STACK_MODE = 0x40;
/** Of the screen: the display servers are started with it. */
const DEPTH = 24;
const PROPERTY_CHANGE = 0x40_0000;
const STRUCTURE_NOTIFY = 0x2_0000;

/** Encodes a request: its parts follow the header, padded to words. */
export function request(opcode: number, detail: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = 1 + Math.ceil(body.length / 4);
  const bytes = Buffer.alloc(length * 4);
  bytes.writeUInt8(opcode, 0);
  bytes.writeUInt8(detail, 1);
  bytes.writeUInt16LE(length, 2);
  body.copy(bytes, 4);
  return bytes;
}

/** Encodes 32-bit numbers. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

/** Encodes 16-bit numbers. */
export function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}
