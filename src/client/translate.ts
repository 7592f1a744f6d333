import { german } from "./translations/de.ts";

/** Texts of other languages by the English ones; what is missing stays English. */
export type Translation = Readonly<Record<string, string>>;

/** The languages that the client speaks besides English: one line and one file each. */
const translations: Readonly<Record<string, Translation>> = { de: german };

let table: Translation = {};

/** A text in the visitor's language, `{name}` in it replaced by the value of that name. */
export function t(english: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = (Object.hasOwn(table, english) && table[english]) || english;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The first language that the client speaks: of the address (`?lang=de`), else as the browser prefers them. */
export function chooseLanguage(page: URL, preferred: readonly string[]): string {
  const asked = page.searchParams.get("lang");
  const languages = [...(asked === null ? [] : [asked]), ...preferred].map((tag) =>
    tag.toLowerCase().split("-", 1).join(),
  );
  return languages.find((language) => language === "en" || Object.hasOwn(translations, language)) ?? "en";
}

/** Makes `t` speak a language, and translates what is in the page already. */
export function speak(language: string): void {
  table = translations[language] ?? {};
  document.documentElement.lang = language;
  if (language !== "en") translateTree(document.body);
}

function translateTree(root: Element): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const english = node.textContent?.trim() ?? "";
    if (Object.hasOwn(table, english)) node.textContent = t(english);
  }
  for (const name of ["aria-label", "title"]) {
    for (const element of root.querySelectorAll(`[${name}]`))
      element.setAttribute(name, t(element.getAttribute(name) ?? ""));
  }
}
