/**
 * The messages of a page while the mouse is locked to the desktop, version 1 (docs/internals/messages.md): motion of the mouse, and
 * presses and releases of its buttons. Numbers are little-endian; each message is binary.
 */
export type PointerMessage =
  | { readonly kind: "move"; readonly dx: number; readonly dy: number }
  | { readonly kind: "button"; readonly button: number; readonly down: boolean };

/** Bytes of the longest message. */
export const LONGEST_POINTER_MESSAGE = 6;

/** Buttons as X counts them, from 1: left, middle, right, wheel up, down, left and right, back, forward. */
export const POINTER_BUTTONS = 9;

const VERSION = 1;
const MOVE = 1;
const BUTTON = 2;
/** Longest motion of one message. */
const FARTHEST = 0x7fff;

/** Encodes a message; a move is cut to whole pixels, 32767 at most. */
export function encodePointerMessage(message: PointerMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(message.kind === "move" ? 6 : 4);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  if (message.kind === "move") {
    view.setUint8(1, MOVE);
    view.setInt16(2, cut(message.dx), true);
    view.setInt16(4, cut(message.dy), true);
  } else {
    view.setUint8(1, BUTTON);
    view.setUint8(2, message.button);
    view.setUint8(3, Number(message.down));
  }
  return bytes;
}

/** Undefined if the bytes are not a message of this version. */
export function decodePointerMessage(bytes: Uint8Array): PointerMessage | undefined {
  const [version, kind, button = 0, down] = bytes;
  if (version !== VERSION) return undefined;
  if (kind === MOVE && bytes.length === 6) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { kind: "move", dx: view.getInt16(2, true), dy: view.getInt16(4, true) };
  }
  const isButton = kind === BUTTON && bytes.length === 4 && button >= 1 && button <= POINTER_BUTTONS;
  if (!isButton || (down !== 0 && down !== 1)) return undefined;
  return { kind: "button", button, down: down === 1 };
}

function cut(distance: number): number {
  return Math.trunc(Math.min(FARTHEST, Math.max(-FARTHEST, distance)));
}
