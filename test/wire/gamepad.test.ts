import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeDesktopMessage,
  decodePageMessage,
  encodeDesktopMessage,
  encodePageMessage,
  LONGEST_GAMEPAD_MESSAGE,
} from "../../src/wire/gamepad.ts";

const pad = fc.integer({ min: 0, max: 3 });
const byte = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 65_535 });
const axis = fc.integer({ min: -32_768, max: 32_767 });
const state = fc.record({
  buttons: fc.integer({ min: 0, max: 2 ** 17 - 1 }),
  triggers: fc.tuple(byte, byte),
  axes: fc.tuple(axis, axis, axis, axis),
});
const fromPage = fc.oneof(
  fc.record({ kind: fc.constant("plug" as const), pad, rumble: fc.boolean() }),
  fc.record({ kind: fc.constant("unplug" as const), pad }),
  fc.record({ kind: fc.constant("state" as const), pad, state }),
);
const fromDesktop = fc.oneof(
  fc.record({ kind: fc.constant("seat" as const), pad, seat: fc.option(pad, { nil: undefined }) }),
  fc.record({ kind: fc.constant("rumble" as const), pad, strong: word, weak: word, duration: word }),
);
/** Bytes similar to a message: its version and kind, and then anything. */
const nearly = fc
  .tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2, 3, 16, 17, 99), fc.uint8Array({ maxLength: 20 }))
  .map(([version, kind, rest]) => Uint8Array.from([version, kind, ...rest]));

describe("messages about gamepads", () => {
  it("are decoded as they were encoded, both ways, and are no longer than the longest", () => {
    fc.assert(
      fc.property(fromPage, (message) => {
        const bytes = encodePageMessage(message);
        expect(bytes.length).toBeLessThanOrEqual(LONGEST_GAMEPAD_MESSAGE);
        expect(decodePageMessage(bytes)).toEqual(message);
        expect(decodeDesktopMessage(bytes)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fromDesktop, (message) => {
        const bytes = encodeDesktopMessage(message);
        expect(decodeDesktopMessage(bytes)).toEqual(message);
        expect(decodePageMessage(bytes)).toBeUndefined();
      }),
    );
  });

  it("are decoded within a larger buffer", () => {
    const message = { kind: "rumble", pad: 2, strong: 1, weak: 65_535, duration: 500 } as const;
    const large = Uint8Array.from([9, 9, 9, ...encodeDesktopMessage(message), 9]);
    expect(decodeDesktopMessage(large.subarray(3, -1))).toEqual(message);
  });

  it("are encoded to the same bytes after decoding", () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.uint8Array({ maxLength: 24 })), (bytes) => {
        const page = decodePageMessage(bytes);
        if (page) expect(encodePageMessage(page)).toEqual(bytes);
        const desktop = decodeDesktopMessage(bytes);
        if (desktop) expect(encodeDesktopMessage(desktop)).toEqual(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["nothing", []],
    ["another version", [2, 2, 0]],
    ["an unknown kind", [1, 4, 0]],
    ["a fifth gamepad", [1, 2, 4]],
    ["a byte too many", [1, 2, 0, 0]],
    ["a byte too few", [1, 1, 0]],
    ["an unknown flag", [1, 1, 0, 2]],
    ["an eighteenth button", [1, 3, 0, 0, 0, 0, 2, 0, ...Array(10).fill(0)]],
  ])("%s is rejected", (_, bytes) => {
    expect(decodePageMessage(Uint8Array.from(bytes))).toBeUndefined();
  });

  // Other clients rely on the document: these bytes must never change within a version.
  it("are the bytes of docs/internals/messages.md", () => {
    const held = { buttons: 0x1_0001, triggers: [255, 1], axes: [-32_768, 32_767, 0, -1] } as const;
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    expect(hex(encodePageMessage({ kind: "plug", pad: 1, rumble: true }))).toBe("01010101");
    expect(hex(encodePageMessage({ kind: "unplug", pad: 3 }))).toBe("010203");
    expect(hex(encodePageMessage({ kind: "state", pad: 0, state: held }))).toBe(
      "0103000001000100ff010080ff7f0000ffff",
    );
    expect(hex(encodeDesktopMessage({ kind: "seat", pad: 0, seat: undefined }))).toBe("011000ff");
    const rumble = { kind: "rumble", pad: 0, strong: 0x8000, weak: 1, duration: 500 } as const;
    expect(hex(encodeDesktopMessage(rumble))).toBe("0111000000800100f401");
  });
});
