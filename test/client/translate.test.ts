import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Converter } from "opencc-js/cn2t";
import { describe, expect, test } from "vitest";
import { chooseLanguage, t } from "../../src/client/translate.ts";
import { german } from "../../src/client/translations/de.ts";
import { spanish } from "../../src/client/translations/es.ts";
import { french } from "../../src/client/translations/fr.ts";
import { japanese } from "../../src/client/translations/ja.ts";
import { translatorTo } from "../../src/client/translations/languages.ts";
import { chinese } from "../../src/client/translations/zh.ts";
import { traditionalChinese } from "../../src/client/translations/zh-hant.ts";
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

// Visitors from Taiwan and Hong Kong got simplified characters. With --update this test writes the file.
test("traditional Chinese is what OpenCC makes of simplified Chinese", async () => {
  const folder = join(import.meta.dirname, "../../src/client/translations");
  const [, table = ""] = /chinese = ([\s\S]+)/.exec(readFileSync(join(folder, "zh.ts"), "utf8")) ?? [];
  const made = HEAD + Converter({ from: "cn", to: "twp" })(table);
  await expect(made).toMatchFileSnapshot(join(folder, "zh-hant.ts"));
});

const HEAD = `// Made by test/client/translate.test.ts: do not edit.
import type { Text } from "./de.ts";

/**
 * Chinese (traditional) texts by their English ones: zh.ts, which a machine translated, in the characters and words of
 * Taiwan by OpenCC. No speaker has read them yet.
 */
export const traditionalChinese = `;

// The panel's sections for sound, microphone, files and gamepads were English in every language.
test("no text bypasses the translations", () => {
  expect(bypasses()).toEqual([]);
});

test.each(Object.entries({ german, spanish, french, japanese, chinese, traditionalChinese }))(
  "each text in %s has words, and the placeholders of the English one",
  (_language, table) => {
    const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [english, text] of Object.entries(table)) {
      expect(text.trim(), english).not.toBe("");
      expect(placeholders(text), english).toEqual(placeholders(english));
    }
  },
);

test.each([
  ["de", "Abbrechen"],
  ["es", "Cancelar"],
  ["fr", "Annuler"],
  ["ja", "キャンセル"],
  ["zh", "取消"],
  ["zh-Hant", "取消"],
  ["en", "Cancel"],
  ["xx", "Cancel"],
])("the language %s says %s", async (language, words) => {
  expect((await translatorTo(language))("Cancel")).toBe(words);
});

test("a text without a translation stays English, with its values", () => {
  expect(t("{doneBytes} of {bytes}", { doneBytes: 1, bytes: "x" })).toBe("1 of x");
});

describe("the language", () => {
  test.each([
    ["", ["de-AT", "en"], "de"],
    ["", ["fr", "de"], "fr"],
    ["", ["zh-CN", "zh"], "zh"],
    ["", ["it", "zh-Hant-TW"], "zh-Hant"],
    ["", ["zh-HK"], "zh-Hant"],
    ["", ["zh-Hans-HK"], "zh"],
    ["?lang=zh-tw", ["zh"], "zh-Hant"],
    ["", ["en-GB", "de"], "en"],
    ["", ["it"], "en"],
    ["?lang=de", ["en"], "de"],
    ["?lang=en", ["de"], "en"],
    ["?lang=xx", ["de"], "de"],
    ["?lang=constructor", [], "en"],
  ])("of a page at %j in a browser that prefers %j is %s", (query, preferred, expected) => {
    expect(chooseLanguage(new URL(`https://host/${query}`), preferred)).toBe(expected);
  });
});
