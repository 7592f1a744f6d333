import type { Reading } from "./layout.ts";

/** Bytes of the kernel's struct input_event on 64-bit machines. */
export const EVENT_SIZE = 24;

/** The clock of events' times: wall clock or time since boot. */
export type Clock = "date" | "boot";

const [EV_SYN, EV_KEY, EV_ABS, EV_FF] = [0, 1, 3, 0x15];
const SYN_DROPPED = 3;

/** The readings as input events with the same time, ended by SYN_REPORT. */
export function renderEvents(readings: readonly Reading[], clock: Clock): Buffer {
  const events = readings.map(
    ({ control, value }) => [control.type === "button" ? EV_KEY : EV_ABS, control.code, value] as const,
  );
  return renderRaw([...events, [EV_SYN, 0, 0]], clock);
}

/** The kernel's event for lost events. */
export function renderDropped(clock: Clock): Buffer {
  return renderRaw(
    [
      [EV_SYN, SYN_DROPPED, 0],
      [EV_SYN, 0, 0],
    ],
    clock,
  );
}

/** The readings as a joystick's events; `initial` ones describe the state at opening. */
export function renderJoystick(readings: readonly Reading[], initial: boolean): Buffer {
  const bytes = Buffer.alloc(readings.length * 8);
  const time = Math.floor(bootTime() / 1000) >>> 0;
  for (const [index, { control, joystick }] of readings.entries()) {
    bytes.writeUInt32LE(time, index * 8);
    bytes.writeInt16LE(joystick, index * 8 + 4);
    bytes.writeUInt8((control.type === "button" ? 1 : 2) | (initial ? 0x80 : 0), index * 8 + 6);
    bytes.writeUInt8(control.number, index * 8 + 7);
  }
  return bytes;
}

/** The file in which the library looks up the current state: struct held of nix/devices/gamepad.c. */
export function renderHeld(readings: readonly Reading[]): Buffer {
  const axes = readings.filter(({ control }) => control.type === "axis");
  const bytes = Buffer.alloc(4 + 4 * axes.length);
  const pressed = readings.filter(({ control, value }) => control.type === "button" && value === 1);
  bytes.writeUInt32LE(pressed.reduce((bits, { control }) => bits | (1 << control.number), 0));
  for (const [index, { value }] of axes.entries()) bytes.writeInt32LE(value, 4 + 4 * index);
  return bytes;
}

/** A command of a program to its gamepad. */
export type Order =
  | {
      readonly kind: "upload";
      readonly effect: number;
      readonly strong: number;
      readonly weak: number;
      /** Milliseconds; 0 is for ever. */
      readonly length: number;
    }
  | { readonly kind: "remove"; readonly effect: number }
  /** Plays an effect `times` times; 0 stops it. */
  | { readonly kind: "play"; readonly effect: number; readonly times: number }
  | { readonly kind: "clock"; readonly clock: Clock };

/** The library's own types of records; see nix/devices/gamepad.c. */
const [UPLOAD, REMOVE, CLOCK] = [0x100, 0x101, 0x102];

/** Reads a record; undefined for an unknown command. */
export function readOrder(record: Buffer): Order | undefined {
  const [type, effect, value] = [record.readUInt16LE(16), record.readUInt16LE(18), record.readInt32LE(20)];
  if (type === CLOCK) return { kind: "clock", clock: value === 0 ? "date" : "boot" };
  if (effect >= MOST_EFFECTS) return undefined;
  if (type === REMOVE) return { kind: "remove", effect };
  if (type === EV_FF) return { kind: "play", effect, times: Math.max(0, value) };
  if (type !== UPLOAD) return undefined;
  const [strong, weak, length] = [record.readUInt16LE(0), record.readUInt16LE(2), record.readUInt16LE(4)];
  return { kind: "upload", effect, strong, weak, length };
}

const MOST_EFFECTS = 16;

function renderRaw(events: readonly (readonly [number, number, number])[], clock: Clock): Buffer {
  const bytes = Buffer.alloc(events.length * EVENT_SIZE);
  const time = clock === "date" ? Date.now() * 1000 : bootTime();
  for (const [index, [type, code, value]] of events.entries()) {
    const at = index * EVENT_SIZE;
    bytes.writeBigInt64LE(BigInt(Math.floor(time / 1_000_000)), at);
    bytes.writeBigInt64LE(BigInt(Math.floor(time % 1_000_000)), at + 8);
    bytes.writeUInt16LE(type, at + 16);
    bytes.writeUInt16LE(code, at + 18);
    bytes.writeInt32LE(value, at + 20);
  }
  return bytes;
}

/** Microseconds of the kernel's monotonic clock. */
function bootTime(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
