import type { PadState } from "../../wire/gamepad.ts";

/** A control of the virtual gamepad: its code among input events, and its number among those of a joystick. */
export interface Control {
  readonly type: "button" | "axis";
  readonly code: number;
  readonly number: number;
}

/** What a control shows; an axis of a joystick always goes from -32767 to 32767. */
export interface Reading {
  readonly control: Control;
  readonly value: number;
  readonly joystick: number;
}

/** The buttons by their numbers: code, and the standard layout's button. nix/gamepad/controls.c has the same codes. */
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

/** The axes by their numbers: code, what it shows, and how that is for a joystick. */
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

/** Every control of a wired Xbox 360 controller, buttons first, as a gamepad in this state shows it. */
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

/** The readings that are others than before. */
export function changesBetween(before: readonly Reading[], after: readonly Reading[]): Reading[] {
  return after.filter(({ value }, index) => value !== before[index]?.value);
}

function bit({ buttons }: PadState, index: number): number {
  return (buttons >>> index) & 1;
}
