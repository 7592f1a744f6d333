import { describe, expect, test } from "vitest";
import { chooseLanguage, t } from "../../src/client/translate.ts";
import { german } from "../../src/client/translations/de.ts";
import { clientTexts } from "./texts.ts";

test("German has every text of the client, and none that it has no more", () => {
  const texts = clientTexts();
  expect(texts.length).toBeGreaterThan(80);
  expect(Object.keys(german).sort()).toEqual(texts);
});

test("a translation has the placeholders of its text", () => {
  const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [english, text] of Object.entries(german))
    expect(placeholders(text), english).toEqual(placeholders(english));
});

test("without a translation a text is English, with its values", () => {
  expect(t("{a} of {b}", { a: 1, b: "x" })).toBe("1 of x");
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
