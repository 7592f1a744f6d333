import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesBetween, readingsOf } from "../../../src/runtime/gamepad/layout.ts";
import { NEUTRAL, type PadState } from "../../../src/wire/gamepad.ts";

const show = (state: Partial<PadState>) =>
  changesBetween(readingsOf(NEUTRAL), readingsOf({ ...NEUTRAL, ...state })).map(
    ({ control: { type, code, number }, value, joystick }) => [type, code, number, value, joystick],
  );

describe("the layout", () => {
  it("is a wired Xbox 360 controller's: eleven buttons, eight axes, in the order of their codes", () => {
    const controls = readingsOf(NEUTRAL).map(({ control }) => control);
    for (const [type, count] of [
      ["button", 11],
      ["axis", 8],
    ] as const) {
      const codes = controls.filter((control) => control.type === type);
      expect(codes.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, number) => number));
      expect(codes.map(({ code }) => code)).toEqual(codes.map(({ code }) => code).toSorted((a, b) => a - b));
    }
  });

  it.each([
    [0, ["button", 0x130, 0, 1, 1]],
    [2, ["button", 0x133, 2, 1, 1]],
    [8, ["button", 0x13a, 6, 1, 1]],
    [10, ["button", 0x13d, 9, 1, 1]],
    [12, ["axis", 17, 7, -1, -32767]],
    [13, ["axis", 17, 7, 1, 32767]],
    [14, ["axis", 16, 6, -1, -32767]],
    [15, ["axis", 16, 6, 1, 32767]],
    [16, ["button", 0x13c, 8, 1, 1]],
  ])("button %i of the browser is %j", (button, change) => {
    expect(show({ buttons: 1 << button })).toEqual([change]);
  });

  it("sticks and triggers use the whole range", () => {
    expect(show({ axes: [-32768, 32767, 1, -1] })).toEqual([
      ["axis", 0, 0, -32768, -32767],
      ["axis", 1, 1, 32767, 32767],
      ["axis", 3, 3, 1, 1],
      ["axis", 4, 4, -1, -1],
    ]);
    expect(show({ triggers: [255, 128] })).toEqual([
      ["axis", 2, 2, 255, 32767],
      ["axis", 5, 5, 128, 128],
    ]);
  });

  it("opposite directions of the D-pad cancel out, and triggers are not buttons", () => {
    expect(show({ buttons: 0b1111 << 12 })).toEqual([]);
    expect(show({ buttons: 0b11 << 6 })).toEqual([]);
  });

  it("applying the changes gives the new state", () => {
    const axis = fc.integer({ min: -32_768, max: 32_767 });
    const trigger = fc.integer({ min: 0, max: 255 });
    const state = fc.record({
      buttons: fc.integer({ min: 0, max: 2 ** 17 - 1 }),
      triggers: fc.tuple(trigger, trigger),
      axes: fc.tuple(axis, axis, axis, axis),
    });
    fc.assert(
      fc.property(state, state, (from, to) => {
        const before = readingsOf(from);
        const changed = new Map(changesBetween(before, readingsOf(to)).map((one) => [one.control.code, one]));
        const after = before.map((reading) => changed.get(reading.control.code) ?? reading);
        expect(after).toEqual(readingsOf(to));
      }),
    );
  });
});
