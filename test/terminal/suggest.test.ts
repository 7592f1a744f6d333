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

/** `firefox` gave no suggestion, or another name that was as long. */
it.each([
  ["firefox", ["firebird", "firefox-esr-l10n-de", "firefox-esr", "firefoxy-tools"], "firefox-esr"],
  ["openjdk", ["openjdk-21-jre", "openbsd"], "openjdk-21-jre"],
  ["flot", ["slot", "float"], "float"],
  // A beginning that ends within a word is no reason.
  ["desk", ["desktops-and-more"], undefined],
  ["ab", ["ab-initio"], undefined],
])("for %j among %j it suggests %j", (given, known, expected) => {
  expect(suggest(given, known)).toBe(expected);
});

it("asks in a sentence, or is silent", () => {
  expect(didYouMean("soud", KNOWN)).toBe(' Did you mean "sound"?');
  expect(didYouMean("zzz", KNOWN)).toBe("");
});
