import { english, type Translate, translatorTo } from "./translations/languages.ts";

export { chooseLanguage, type Text } from "./translations/languages.ts";

declare const isWords: unique symbol;
/**
 * Text that the visitor reads: either passed through `t`, or independent of language, such as a file name.
 * Functions that put text into the page (dom.ts) accept nothing else, so that no text misses its translation.
 */
export type Words = string & { readonly [isWords]: true };

let translate: Translate = english;

/** A text in the visitor's language, with `{name}` replaced by the value of that name. */
export function t(...text: Parameters<Translate>): Words {
  return verbatim(translate(...text));
}

/** Text that is the same in every language: names, numbers, quotations. */
export function verbatim(text: string): Words {
  return text as Words;
}

/**
 * Loads a language, sets it for `t`, and translates the existing page; null leaves the page alone. If the language does not
 * load, everything stays English.
 */
export async function speak(language: string, existing: Element | null = document.body): Promise<void> {
  const spoken = await translatorTo(language).catch(() => english);
  if (spoken === english) return;
  translate = spoken;
  if (existing === null) return;
  document.documentElement.lang = language;
  translateTree(existing);
}

function translateTree(root: Element): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const english = node.textContent?.trim() ?? "";
    if (translate.knows(english)) node.textContent = t(english);
  }
  for (const name of ["aria-label", "title", "placeholder"]) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      const english = element.getAttribute(name) ?? "";
      if (translate.knows(english)) element.setAttribute(name, t(english));
    }
  }
}
