import type { Text } from "./de.ts";
import type { Translation } from "./translation.ts";

export type { Text };

/** The languages besides English, each loaded where it is spoken: one line and one file each. */
const translations: Readonly<Record<string, () => Promise<Translation>>> = {
  de: async () => (await import("./de.ts")).german,
  es: async () => (await import("./es.ts")).spanish,
  fr: async () => (await import("./fr.ts")).french,
  ja: async () => (await import("./ja.ts")).japanese,
  zh: async () => (await import("./zh.ts")).chinese,
  "zh-Hant": async () => (await import("./zh-hant.ts")).traditionalChinese,
};

/** A text in a language, with `{name}` replaced by the value of that name. */
export interface Translate {
  (english: Text, values?: Readonly<Record<string, string | number>>): string;
  /** Whether the language has this text. */
  readonly knows: (text: string) => text is Text;
}

/** Translates into English, which needs nothing. */
export const english: Translate = translatorBy({});

/** Loads what translates into a language. */
export async function translatorTo(language: string): Promise<Translate> {
  const load = Object.hasOwn(translations, language) ? translations[language] : undefined;
  return load === undefined ? english : translatorBy(await load());
}

/** The first supported language: the address's (`?lang=de`), else the browser's preference. */
export function chooseLanguage(page: URL, preferred: readonly string[]): string {
  const asked = page.searchParams.get("lang");
  const languages = [...(asked === null ? [] : [asked]), ...preferred].map(languageOf);
  return languages.find((language) => language === "en" || Object.hasOwn(translations, language)) ?? "en";
}

/** The language of a tag such as `de-AT`; of Chinese also its characters. */
function languageOf(tag: string): string {
  const [language = "", ...parts] = tag.toLowerCase().split("-");
  const isTraditional = !parts.includes("hans") && parts.some((part) => TRADITIONAL.includes(part));
  return language === "zh" && isTraditional ? "zh-Hant" : language;
}

/** The script, and the regions that write in it. */
const TRADITIONAL: readonly string[] = ["hant", "tw", "hk", "mo"];

function translatorBy(table: Translation): Translate {
  const knows = (text: string): text is Text => Object.hasOwn(table, text);
  const translate = (text: Text, values: Readonly<Record<string, string | number>> = {}) => {
    const words = (knows(text) && table[text]) || text;
    return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
  return Object.assign(translate, { knows });
}
