import type { PadState } from "../../wire/gamepad.ts";

/** A control of the virtual gamepad: its code in input events, and its number in joystick events. */
export interface Control {
  readonly type: "button" | "axis";
  readonly code: number;
  readonly number: number;
}

/** The value of a control; `joystick` is scaled to -32767 to 32767 for axes. */
export interface Reading {
  readonly control: Control;
  readonly value: number;
  readonly joystick: number;
}

/**
 * The buttons in the order of their numbers: name, code, and index in the browser's standard layout.
 * nix/devices/gamepad.c has the same codes.
 */
const BUTTONS = [
  ["A", 0x130, 0],
  ["B", 0x131, 1],
  ["X", 0x133, 2],
  ["Y", 0x134, 3],
  ["left shoulder", 0x136, 4],
  ["right shoulder", 0x137, 5],
  ["back", 0x13a, 8],
  ["start", 0x13b, 9],
  ["guide", 0x13c, 16],
  ["left stick", 0x13d, 10],
  ["right stick", 0x13e, 11],
] as const;

const full = (value: number) => Math.max(value, -32767);
const trigger = (value: number) => Math.round((value * 65534) / 255) - 32767;
const hat = (value: number) => value * 32767;

/** The axes in the order of their numbers: code, value, and scaling for joysticks. */
const AXES: readonly (readonly [number, (state: PadState) => number, (value: number) => number])[] = [
  [0, ({ axes }) => axes[0], full],
  [1, ({ axes }) => axes[1], full],
  [2, ({ triggers }) => triggers[0], trigger],
  [3, ({ axes }) => axes[2], full],
  [4, ({ axes }) => axes[3], full],
  [5, ({ triggers }) => triggers[1], trigger],
  [16, (state) => bit(state, 15) - bit(state, 14), hat],
  [17, (state) => bit(state, 13) - bit(state, 12), hat],
];

/** The readings of all controls of a wired Xbox 360 controller in this state, buttons first. */
export function readingsOf(state: PadState): Reading[] {
  return [
    ...BUTTONS.map(([, code, index], number) => {
      const value = bit(state, index);
      return { control: { type: "button", code, number }, value, joystick: value } as const;
    }),
    ...AXES.map(([code, read, scale], number) => {
      const value = read(state);
      return { control: { type: "axis", code, number }, value, joystick: scale(value) } as const;
    }),
  ];
}

/** The readings that have changed. */
export function changesBetween(before: readonly Reading[], after: readonly Reading[]): Reading[] {
  return after.filter(({ value }, index) => value !== before[index]?.value);
}

function bit({ buttons }: PadState, index: number): number {
  return (buttons >>> index) & 1;
}
