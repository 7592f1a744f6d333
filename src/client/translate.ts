import { german } from "./translations/de.ts";
import type { Translation } from "./translations/translation.ts";

/**
 * The English texts of the client, which are the keys of its translations. A text without a German translation does
 * not compile.
 */
export type Text = keyof typeof german;

declare const isWords: unique symbol;
/**
 * Text that the visitor reads: either passed through `t`, or independent of language, such as a file name.
 * Functions that put text into the page (dom.ts) accept nothing else, so that no text misses its translation.
 */
export type Words = string & { readonly [isWords]: true };

/** The client's languages besides English: one line and one file each. */
const translations: Readonly<Record<string, Translation>> = { de: german };

let table: Partial<Translation> = {};

/** A text in the visitor's language, with `{name}` replaced by the value of that name. */
export function t(english: Text, values: Readonly<Record<string, string | number>> = {}): Words {
  const text = (Object.hasOwn(table, english) && table[english]) || english;
  return verbatim(text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)));
}

/** Text that is the same in every language: names, numbers, quotations. */
export function verbatim(text: string): Words {
  return text as Words;
}

/** The first supported language: the address's (`?lang=de`), else the browser's preference. */
export function chooseLanguage(page: URL, preferred: readonly string[]): string {
  const asked = page.searchParams.get("lang");
  const languages = [...(asked === null ? [] : [asked]), ...preferred].map((tag) =>
    tag.toLowerCase().split("-", 1).join(),
  );
  return languages.find((language) => language === "en" || Object.hasOwn(translations, language)) ?? "en";
}

/** Sets the language of `t` and translates the existing page. */
export function speak(language: string): void {
  table = translations[language] ?? {};
  document.documentElement.lang = language;
  if (language !== "en") translateTree(document.body);
}

function translateTree(root: Element): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const english = node.textContent?.trim() ?? "";
    if (isText(english)) node.textContent = t(english);
  }
  for (const name of ["aria-label", "title"]) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      const english = element.getAttribute(name) ?? "";
      if (isText(english)) element.setAttribute(name, t(english));
    }
  }
}

function isText(text: string): text is Text {
  return Object.hasOwn(table, text);
}
