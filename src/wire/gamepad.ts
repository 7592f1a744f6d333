/**
 * The messages about gamepads between page and desktop, as bytes; docs/internals/messages.md describes them for other clients. Each
 * message begins with the version, its kind and the number of the page's gamepad. Numbers are little-endian.
 */
const GAMEPAD_VERSION = 1;
/** Most gamepads of a page, and of a desktop. */
export const MOST_GAMEPADS = 4;
/** Buttons of the browsers' standard layout. */
export const GAMEPAD_BUTTONS = 17;
/** Bytes of the longest message. */
export const LONGEST_GAMEPAD_MESSAGE = 18;

/** The state of a gamepad, in the browsers' standard layout. */
export interface PadState {
  /** Bit n is set while button n is pressed. */
  readonly buttons: number;
  /** How far the triggers, buttons 6 and 7, are pressed: 0 to 255. */
  readonly triggers: readonly [number, number];
  /** Left stick right and down, right stick right and down: -32768 to 32767. */
  readonly axes: readonly [number, number, number, number];
}

/** Nothing pressed, sticks in the middle. */
export const NEUTRAL: PadState = { buttons: 0, triggers: [0, 0], axes: [0, 0, 0, 0] };

/** From the page. States may be sent at any rate: only the last one counts. */
export type PageMessage =
  | { readonly kind: "plug"; readonly pad: number; readonly rumble: boolean }
  | { readonly kind: "unplug"; readonly pad: number }
  | { readonly kind: "state"; readonly pad: number; readonly state: PadState };

/** From the desktop. */
export type DesktopMessage =
  /** The desktop's gamepad that it is assigned to; undefined when all are taken. */
  | { readonly kind: "seat"; readonly pad: number; readonly seat: number | undefined }
  /** Strengths of the strong and the weak motor, 0 to 65535, for `duration` milliseconds. A later one replaces it. */
  | {
      readonly kind: "rumble";
      readonly pad: number;
      readonly strong: number;
      readonly weak: number;
      readonly duration: number;
    };

const KIND = { plug: 1, unplug: 2, state: 3, seat: 16, rumble: 17 } as const;
const LENGTH = { plug: 4, unplug: 3, state: LONGEST_GAMEPAD_MESSAGE, seat: 4, rumble: 10 } as const;
const NO_SEAT = 255;

export function encodePageMessage(message: PageMessage): Uint8Array<ArrayBuffer> {
  const view = begin(message);
  if (message.kind === "plug") view.setUint8(3, Number(message.rumble));
  if (message.kind === "state") {
    const { buttons, triggers, axes } = message.state;
    view.setUint32(4, buttons, true);
    for (const [index, value] of triggers.entries()) view.setUint8(8 + index, value);
    for (const [index, value] of axes.entries()) view.setInt16(10 + 2 * index, value, true);
  }
  return new Uint8Array(view.buffer);
}

/** Undefined if the bytes are not a message of this version. */
export function decodePageMessage(bytes: Uint8Array): PageMessage | undefined {
  const head = readHead(bytes);
  if (!head) return undefined;
  const { kind, pad, view } = head;
  if (kind === "unplug") return { kind, pad };
  if (kind === "plug")
    return bytes[3] === 0 || bytes[3] === 1 ? { kind, pad, rumble: bytes[3] === 1 } : undefined;
  if (kind !== "state" || bytes[3] !== 0) return undefined;
  const axis = (index: number) => view.getInt16(10 + 2 * index, true);
  const buttons = view.getUint32(4, true);
  if (buttons >= 2 ** GAMEPAD_BUTTONS) return undefined;
  const triggers = [view.getUint8(8), view.getUint8(9)] as const;
  return { kind, pad, state: { buttons, triggers, axes: [axis(0), axis(1), axis(2), axis(3)] } };
}

export function encodeDesktopMessage(message: DesktopMessage): Uint8Array<ArrayBuffer> {
  const view = begin(message);
  if (message.kind === "seat") view.setUint8(3, message.seat ?? NO_SEAT);
  else {
    view.setUint16(4, message.strong, true);
    view.setUint16(6, message.weak, true);
    view.setUint16(8, message.duration, true);
  }
  return new Uint8Array(view.buffer);
}

/** Undefined if the bytes are not a message of this version. */
export function decodeDesktopMessage(bytes: Uint8Array): DesktopMessage | undefined {
  const head = readHead(bytes);
  if (!head) return undefined;
  const { kind, pad, view } = head;
  if (kind === "seat") {
    const seat = view.getUint8(3);
    if (seat >= MOST_GAMEPADS && seat !== NO_SEAT) return undefined;
    return { kind, pad, seat: seat === NO_SEAT ? undefined : seat };
  }
  if (kind !== "rumble" || bytes[3] !== 0) return undefined;
  const [strong, weak, duration] = [4, 6, 8].map((at) => view.getUint16(at, true)) as [
    number,
    number,
    number,
  ];
  return { kind, pad, strong, weak, duration };
}

function begin({ kind, pad }: PageMessage | DesktopMessage): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(LENGTH[kind]));
  view.setUint8(0, GAMEPAD_VERSION);
  view.setUint8(1, KIND[kind]);
  view.setUint8(2, pad);
  return view;
}

function readHead(bytes: Uint8Array) {
  const [version, code, pad = MOST_GAMEPADS] = bytes;
  const kind = (Object.keys(KIND) as (keyof typeof KIND)[]).find((name) => KIND[name] === code);
  if (version !== GAMEPAD_VERSION || !kind || pad >= MOST_GAMEPADS) return undefined;
  if (bytes.length !== LENGTH[kind]) return undefined;
  return { kind, pad, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}
