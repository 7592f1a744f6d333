import { expect, it } from "vitest";
import { didYouMean, suggest } from "../../src/terminal/suggest.ts";

const KNOWN = ["desktop", "display", "session-bus", "sound", "vim"];

it.each([
  ["desktpo", "desktop"],
  ["Desktop", "desktop"],
  ["displya", "display"],
  ["sesion-bus", "session-bus"],
  ["vi", "vim"],
  ["emacs", undefined],
  ["", undefined],
])("for %j it suggests %j", (given, expected) => {
  expect(suggest(given, KNOWN)).toBe(expected);
});

it("asks in a sentence, or is silent", () => {
  expect(didYouMean("soud", KNOWN)).toBe(' Did you mean "sound"?');
  expect(didYouMean("zzz", KNOWN)).toBe("");
});
