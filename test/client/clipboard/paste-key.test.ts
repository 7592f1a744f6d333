import { describe, expect, test } from "vitest";
import { isPasteKey, type PasteEvent, pasteStrokes } from "../../../src/client/clipboard/paste-key.ts";
import { KeyMapper } from "../../../src/client/key-mapper.ts";
import type { HeldKey } from "../../../src/client/keyboard.ts";

const control = { keysym: 0xffe3, code: "ControlLeft" };
const rightControl = { keysym: 0xffe4, code: "ControlRight" };
const shift = { keysym: 0xffe1, code: "ShiftLeft" };
/** Cmd, as noVNC sends it. */
const command = { keysym: 0xffe9, code: "MetaLeft" };
const option = { keysym: 0xff7e, code: "AltLeft" };

/** A press of V or Insert: `held` names modifiers by c, s, a, m and Caps Lock by l. */
function pressed(held: string, { key = "v", code = "KeyV" } = {}): PasteEvent {
  const [ctrlKey, shiftKey, altKey, metaKey] = [..."csam"].map((letter) => held.includes(letter));
  return {
    ...{ key, code, getModifierState: (name: string) => name === "CapsLock" && held.includes("l") },
    ...{ ctrlKey: ctrlKey === true, shiftKey: shiftKey === true },
    ...{ altKey: altKey === true, metaKey: metaKey === true },
  };
}

describe("a key press pastes", () => {
  const insert = { key: "Insert", code: "Insert" };
  test.each([
    ["Ctrl+V", pressed("c"), true, true],
    ["Ctrl+Shift+V", pressed("cs", { key: "V" }), true, true],
    ["Ctrl+V of a layout without Latin letters", pressed("c", { key: "м" }), true, true],
    ["Ctrl+V where the layout has V elsewhere", pressed("c", { code: "Period" }), true, true],
    [
      "Ctrl and the key of V where the layout has another letter there",
      pressed("c", { key: "k" }),
      false,
      false,
    ],
    ["Shift+Insert", pressed("s", insert), true, true],
    ["Ctrl+Shift+Insert", pressed("cs", insert), false, false],
    ["Cmd+V", pressed("m"), false, true],
    ["Cmd+Shift+V", pressed("ms"), false, true],
    ["Cmd+Option+Shift+V", pressed("mas", { key: "◊" }), false, true],
    ["Ctrl+Alt+V", pressed("ca"), false, false],
    ["Ctrl+Super+V", pressed("cm"), false, false],
    ["V", pressed(""), false, false],
  ])("%s", (_, event, elsewhere, onApple) => {
    expect([isPasteKey(event, false), isPasteKey(event, true)]).toEqual([elsewhere, onApple]);
  });
});

describe("the strokes that paste", () => {
  const strokes = (event: PasteEvent, ...held: HeldKey[]) =>
    pasteStrokes(event, held).map(({ keysym, down }) => `${down ? "+" : "-"}${keysym.toString(16)}`);

  // With Shift held, a lower-case v makes the display server release Shift: a terminal got Ctrl+V.
  test.each([
    ["Ctrl+V", pressed("c"), [control], ["+76", "-76"]],
    ["Ctrl+Shift+V", pressed("cs", { key: "V" }), [control, shift], ["+56", "-56"]],
    ["Ctrl+V with the right key", pressed("c"), [rightControl], ["+76", "-76"]],
    ["Ctrl+V with Caps Lock", pressed("cl", { key: "V" }), [control], ["+56", "-56"]],
    ["Ctrl+Shift+V with Caps Lock", pressed("csl"), [control, shift], ["+76", "-76"]],
    ["Cmd+V", pressed("m"), [command], ["+ffe3", "-ffe9", "+76", "-76", "+ffe9", "-ffe3"]],
    ["Cmd+Shift+V", pressed("ms"), [command, shift], ["+ffe3", "-ffe9", "+56", "-56", "+ffe9", "-ffe3"]],
    [
      "Cmd+Option+Shift+V",
      pressed("mas"),
      [command, option, shift],
      ["+ffe3", "-ffe9", "-ff7e", "+56", "-56", "+ff7e", "+ffe9", "-ffe3"],
    ],
    ["Ctrl+V after Ctrl was released", pressed("c"), [], ["+ffe3", "+76", "-76", "-ffe3"]],
    [
      "Ctrl+Shift+V after both were released",
      pressed("cs"),
      [],
      ["+ffe3", "+ffe1", "+56", "-56", "-ffe1", "-ffe3"],
    ],
    // Shift was released on the desktop while the visitor still held it.
    ["Shift+Insert", pressed("s", { code: "Insert" }), [shift], ["+ff63", "-ff63"]],
  ])("of %s", (_, event, held, expected) => {
    expect(strokes(event, ...held)).toEqual(expected);
  });

  test("leave the desktop's modifiers as they were", () => {
    const keys = new KeyMapper();
    for (const key of [command, option, shift]) keys.map({ ...key, down: true }, "characters");
    const before = keys.modifiers;
    expect(before).toEqual([command, option, shift]);
    for (const stroke of pasteStrokes(pressed("mas"), before)) keys.map(stroke, "characters");
    expect(new Set(keys.modifiers)).toEqual(new Set(before));
  });
});
