import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAtRest, isSame, readPad } from "../../../src/client/gamepad/read-pad.ts";
import { nameOf } from "../../../src/client/gamepad/view.ts";
import { decodePageMessage, encodePageMessage, NEUTRAL } from "../../../src/wire/gamepad.ts";

const button = (pressed: boolean, value = Number(pressed)) => ({ pressed, touched: pressed, value });

describe("the state of a gamepad", () => {
  test("has buttons as bits, triggers as bytes, sticks over their full range", () => {
    const buttons = Array.from({ length: 17 }, (_, index) => button(index === 0 || index === 16));
    buttons[7] = button(true, 0.5);
    const axes = [-1, 1, 0.5, 0];
    expect(readPad({ buttons, axes })).toEqual({
      buttons: (1 << 16) | (1 << 7) | 1,
      triggers: [0, 128],
      axes: [-32768, 32767, 16384, 0],
    });
  });

  test("may have fewer or more controls than the standard layout", () => {
    expect(readPad({ buttons: [], axes: [] })).toEqual(NEUTRAL);
    const many = Array.from({ length: 40 }, () => button(true));
    expect(readPad({ buttons: many, axes: [0, 0, 0, 0, 1, 1] }).buttons).toBe(2 ** 17 - 1);
  });

  test("can be sent whatever values a driver reports", () => {
    const number = fc.double({ min: -1e9, max: 1e9 });
    const anyButton = fc.record({ pressed: fc.boolean(), touched: fc.boolean(), value: number });
    const buttons = fc.array(anyButton, { maxLength: 30 });
    fc.assert(
      fc.property(buttons, fc.array(number, { maxLength: 9 }), (buttons, axes) => {
        const state = readPad({ buttons, axes });
        const message = decodePageMessage(encodePageMessage({ kind: "state", pad: 0, state }));
        expect(message?.kind === "state" && isSame(message.state, state)).toBe(true);
      }),
    );
  });

  test("is new when anything changed, and at rest when no stick is far off centre", () => {
    expect(isSame(NEUTRAL, { ...NEUTRAL })).toBe(true);
    expect(isSame(NEUTRAL, { ...NEUTRAL, buttons: 1 })).toBe(false);
    expect(isSame(NEUTRAL, { ...NEUTRAL, triggers: [0, 1] })).toBe(false);
    expect(isSame(NEUTRAL, { ...NEUTRAL, axes: [0, 0, 0, 1] })).toBe(false);
    expect(isAtRest({ ...NEUTRAL, axes: [900, -900, 0, 0] })).toBe(true);
    expect(isAtRest({ ...NEUTRAL, axes: [0, -30_000, 0, 0] })).toBe(false);
    expect(isAtRest({ ...NEUTRAL, buttons: 1 << 16 })).toBe(false);
  });
});

test.each([
  ["Xbox 360 Controller (XInput STANDARD GAMEPAD)", "Xbox 360 Controller"],
  ["Wireless Controller (STANDARD GAMEPAD Vendor: 054c Product: 09cc)", "Wireless Controller"],
  ["USB Gamepad (Vendor: 0810 Product: e501)", "USB Gamepad"],
  ["045e-028e-Microsoft X-Box 360 pad", "Microsoft X-Box 360 pad"],
  ["Pad (blue)", "Pad (blue)"],
  ["", "Gamepad"],
])("%j is shown as %j", (id, name) => {
  expect(nameOf(id)).toBe(name);
});
