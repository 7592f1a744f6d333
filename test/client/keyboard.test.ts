import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combination, isNamedKey, PanelChord, typing } from "../../src/client/keyboard.ts";
import { editBetween } from "../../src/client/text-field.ts";
import { keyStrokes } from "../../src/client/touch-keyboard.ts";

test("a combination presses in order and releases in reverse", () => {
  expect(
    combination(["ControlLeft", "AltLeft", "Delete"]).map(({ code, down }) => `${down ? "+" : "-"}${code}`),
  ).toEqual(["+ControlLeft", "+AltLeft", "+Delete", "-Delete", "-AltLeft", "-ControlLeft"]);
});

test("a combination with an unknown key throws", () => {
  expect(() => combination(["Hyper"])).toThrow("no keysym for Hyper");
});

test("text becomes keysyms: Latin-1 unchanged, the rest of Unicode above 0x01000000", () => {
  const keysyms = typing("aé€\u{1f600}\r\n").filter(({ down }) => down);
  expect(keysyms.map(({ keysym }) => keysym)).toEqual([0x61, 0xe9, 0x10020ac, 0x101f600, 0xff0d]);
});

test("named keys are those that type nothing", () => {
  expect(["Enter", "Backspace", "ArrowUp"].every(isNamedKey)).toBe(true);
  expect(["a", "KeyV", "Unidentified", "Process"].some(isNamedKey)).toBe(false);
});

// With Caps Lock, Ctrl+C was sent as Ctrl and a capital C: the display server added Shift.
test.each([
  ["Ctrl+C", { key: "c" }, [0xffe3, 0x63]],
  ["Ctrl+C with Caps Lock", { key: "C" }, [0xffe3, 0x63]],
  ["Ctrl+Shift+C with Caps Lock", { key: "c", shiftKey: true }, [0xffe3, 0xffe1, 0x43]],
  ["Ctrl+Shift+1", { key: "!", shiftKey: true }, [0xffe3, 0xffe1, 0x21]],
  ["Ctrl with a letter of another script", { key: "С" }, [0xffe3, 0x0100_0421]],
])("%s of a keyboard beside the touch keyboard is a command", (_, press, expected) => {
  const none = { ctrlKey: true, altKey: false, metaKey: false, shiftKey: false, code: "" };
  const strokes = keyStrokes({ ...none, getModifierState: () => false, ...press });
  expect(strokes.filter(({ down }) => down).map(({ keysym }) => keysym)).toEqual(expected);
});

describe("an edit of the touch keyboard's field", () => {
  test("a correction deletes what differs and types the rest", () => {
    expect(editBetween("teh", "the")).toEqual({ backspaces: 2, text: "he" });
  });

  test("played back, it always gives the new text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (before, after) => {
        const { backspaces, text } = editBetween(before, after);
        expect([...before].slice(0, [...before].length - backspaces).join("") + text).toBe(after);
      }),
    );
  });
});

describe("the panel's chord", () => {
  const key = (name: string, held: string) => ({
    key: name,
    ctrlKey: held.includes("c"),
    altKey: held.includes("a"),
    shiftKey: held.includes("s"),
  });

  test("Ctrl+Alt+Shift alone opens the panel on release", () => {
    const chord = new PanelChord();
    chord.down(key("Control", "c"));
    chord.down(key("Alt", "ca"));
    chord.down(key("Shift", "cas"));
    expect(chord.up(key("Shift", "ca"))).toBe(false);
    expect(chord.up(key("Alt", "c"))).toBe(false);
    expect(chord.up(key("Control", ""))).toBe(true);
    expect(chord.up(key("Control", ""))).toBe(false);
  });

  test("with any other key it belongs to the desktop", () => {
    const chord = new PanelChord();
    chord.down(key("Shift", "cas"));
    chord.down(key("T", "cas"));
    expect(chord.up(key("T", "cas"))).toBe(false);
    expect(chord.up(key("Shift", ""))).toBe(false);
  });

  test("two of the three are not enough", () => {
    const chord = new PanelChord();
    chord.down(key("Alt", "ca"));
    expect(chord.up(key("Alt", ""))).toBe(false);
  });
});
