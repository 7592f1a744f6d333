import { describe, expect, test } from "vitest";
import { chooseLanguage, t } from "../../src/client/translate.ts";
import { german } from "../../src/client/translations/de.ts";
import { bypasses, literals, textsOfPage } from "./texts.ts";

test("German has every text of the page; the compiler checks those of the scripts", () => {
  const texts = textsOfPage();
  expect(texts.length).toBeGreaterThan(50);
  expect(texts.filter((text) => !Object.hasOwn(german, text))).toEqual([]);
});

test("German has no text that the client no longer uses", () => {
  const used = new Set([...textsOfPage(), ...literals()]);
  expect(Object.keys(german).filter((text) => !used.has(text))).toEqual([]);
});

// The panel's sections for sound, microphone, files and gamepads were English in every language.
test("no text bypasses the translations", () => {
  expect(bypasses()).toEqual([]);
});

test("a translation has the placeholders of its text", () => {
  const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [english, text] of Object.entries(german))
    expect(placeholders(text), english).toEqual(placeholders(english));
});

test("a text without a translation stays English, with its values", () => {
  expect(t("{doneBytes} of {bytes}", { doneBytes: 1, bytes: "x" })).toBe("1 of x");
});

describe("the language", () => {
  test.each([
    ["", ["de-AT", "en"], "de"],
    ["", ["fr", "de"], "de"],
    ["", ["en-GB", "de"], "en"],
    ["", ["fr"], "en"],
    ["?lang=de", ["en"], "de"],
    ["?lang=en", ["de"], "en"],
    ["?lang=xx", ["de"], "de"],
    ["?lang=constructor", [], "en"],
  ])("of a page at %j in a browser that prefers %j is %s", (query, preferred, expected) => {
    expect(chooseLanguage(new URL(`https://host/${query}`), preferred)).toBe(expected);
  });
});
