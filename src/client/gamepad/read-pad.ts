import { GAMEPAD_BUTTONS, MOST_GAMEPADS, NEUTRAL, type PadState } from "../../wire/gamepad.ts";

/** The browser's gamepads by number, without those that the desktop has no slot for. */
export function presentPads(): Map<number, Gamepad> {
  const pads = navigator.getGamepads().flatMap((pad) => (pad?.connected ? [pad] : []));
  return new Map(pads.filter(({ index }) => index < MOST_GAMEPADS).map((pad) => [pad.index, pad]));
}

/** The state of a gamepad. An unknown layout is taken as it is, control by control. */
export function readPad({ buttons, axes }: Pick<Gamepad, "buttons" | "axes">): PadState {
  const pressed = buttons.slice(0, GAMEPAD_BUTTONS).map((button) => button.pressed);
  const trigger = (index: number) => Math.round(clamp(buttons[index]?.value ?? 0, 0) * 255);
  const axis = (index: number) => {
    const value = clamp(axes[index] ?? 0, -1);
    return Math.round(value * (value < 0 ? 32768 : 32767));
  };
  return {
    buttons: pressed.reduce((bits, isPressed, index) => bits | (Number(isPressed) << index), 0),
    triggers: [trigger(6), trigger(7)],
    axes: [axis(0), axis(1), axis(2), axis(3)],
  };
}

/** Whether two states are equal. */
export function isSame(a: PadState, b: PadState): boolean {
  const numbers = ({ buttons, triggers, axes }: PadState) => [buttons, ...triggers, ...axes];
  const other = numbers(b);
  return numbers(a).every((value, index) => value === other[index]);
}

/** Whether nothing is touched; sticks may rest slightly off centre. */
export function isAtRest(state: PadState): boolean {
  return state.buttons === NEUTRAL.buttons && state.axes.every((value) => Math.abs(value) < 8_192);
}

function clamp(value: number, least: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(least, value)) : 0;
}
