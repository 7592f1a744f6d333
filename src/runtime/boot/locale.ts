import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** Where locales come from and go to. */
export interface LocalePlaces {
  /** Directory for the compiled locales. */
  readonly compiled: string;
  /** Directory of the locales' sources. @default "/usr/share/i18n/locales" */
  readonly sources?: string;
  /** Directory of the locales that the image has. @default "/usr/lib/locale" */
  readonly installed?: string;
}

/**
 * The variables of the locale, with names that work: each is a UTF-8 locale, which is compiled now (about a second) unless
 * the image has it. A name that cannot be had is logged and the nearest taken: de_DE.UTF-8 for de_DE.ISO-8859-1 and
 * de_XX.UTF-8, C.UTF-8 where there is none of the language. Programs drop typed umlauts when the charset is ASCII, so it
 * never is. LANG is always set.
 */
export async function prepareLocales(
  environment: NodeJS.ProcessEnv,
  { compiled, sources = "/usr/share/i18n/locales", installed = "/usr/lib/locale" }: LocalePlaces,
  log: Log,
): Promise<NodeJS.ProcessEnv> {
  const places = { compiled, sources, installed };
  const known = namesIn(sources);
  const wanted = LOCALE_VARIABLES.flatMap((variable) => {
    const value = environment[variable];
    return value ? [{ variable, value, name: isPlain(value) ? UTF_8 : nearest(value, known) }] : [];
  });
  const names = [...new Set(wanted.map(({ name }) => name))];
  const usable = await Promise.all(names.map((name) => isUsable(name, places, log)));
  const chosen: NodeJS.ProcessEnv = { LANG: UTF_8, LOCPATH: compiled };
  for (const { variable, value, name } of wanted) {
    const locale = usable[names.indexOf(name)] ? name : UTF_8;
    chosen[variable] = locale;
    if (stored(value) === stored(locale)) continue;
    // `docker exec` has the value that was set.
    linkTo(locale, value, places);
    const message = `${variable}: "${value}" is not a UTF-8 locale of this image, so ${locale} is used. Set one like de_DE.UTF-8.`;
    log.warn({ event: "locale.replaced", name: variable, value, locale, message });
  }
  return chosen;
}

/** The variables that name a locale. */
export const LOCALE_VARIABLES = [
  "LANG",
  "LC_ALL",
  "LC_ADDRESS",
  "LC_COLLATE",
  "LC_CTYPE",
  "LC_IDENTIFICATION",
  "LC_MEASUREMENT",
  "LC_MESSAGES",
  "LC_MONETARY",
  "LC_NAME",
  "LC_NUMERIC",
  "LC_PAPER",
  "LC_TELEPHONE",
  "LC_TIME",
] as const;

const UTF_8 = "C.UTF-8";

/** Milliseconds after which a locale counts as not to be had: the desktop must start. */
const PATIENCE = 60_000;

type Places = Required<LocalePlaces>;

function namesIn(sources: string): readonly string[] {
  try {
    return readdirSync(sources).sort();
  } catch {
    return [];
  }
}

/** Names without a language. */
function isPlain(value: string): boolean {
  return /^(C|POSIX)(\.|$)/.test(value);
}

/** The UTF-8 locale whose source is the nearest: the same, without the modifier, the language's own country, any. */
function nearest(value: string, known: readonly string[]): string {
  const [, given, country = "", modifier = ""] =
    /^([a-z]{2,3})(_[a-z]{2})?(?:\.[\w-]+)?(@\w+)?$/i.exec(value) ?? [];
  if (given === undefined) return UTF_8;
  const [language, region] = [given.toLowerCase(), country.toUpperCase()];
  const home = `${language}_${new Intl.Locale(language).maximize().region}`;
  const source =
    [`${language}${region}${modifier}`, `${language}${region}`, `${home}${modifier}`, home].find((name) =>
      known.includes(name),
    ) ?? known.find((name) => name.startsWith(`${language}_`));
  return source === undefined ? UTF_8 : source.replace(/^([^@]+)/, "$1.UTF-8");
}

/** Whether the image has the locale, or it could be compiled. */
async function isUsable(name: string, places: Places, log: Log): Promise<boolean> {
  if (name === UTF_8 || directoryOf(name, places) !== undefined) return true;
  const target = `${places.compiled}/${stored(name)}`;
  const made = `${target}.new`;
  try {
    mkdirSync(places.compiled, { recursive: true });
    rmSync(made, { recursive: true, force: true });
    await compile(name, made, places);
    renameSync(made, target);
    return true;
  } catch (error) {
    log.warn({ event: "locale.failed", locale: name, message: reasonOf(error) });
    return false;
  }
}

async function compile(name: string, directory: string, { sources }: Places): Promise<void> {
  const options = ["--no-archive", "--force", "--charmap=UTF-8", `--inputfile=${name.replace(".UTF-8", "")}`];
  const env = { PATH: process.env.PATH, LC_ALL: "C", I18NPATH: dirname(sources) };
  const ended = await promisify(execFile)("localedef", [...options, directory], {
    env,
    timeout: PATIENCE,
  }).catch((error: unknown) => error);
  // It also ends with an error where a locale only lacks something.
  if (!existsSync(`${directory}/LC_CTYPE`)) throw ended;
}

/** Makes a locale known by another name, which is not one of the locales of the image. */
function linkTo(locale: string, alias: string, places: Places): void {
  const directory = directoryOf(locale, places);
  if (directory === undefined || isPlain(alias) || !/^\w[\w.@-]*$/.test(alias)) return;
  const link = `${places.compiled}/${stored(alias)}`;
  if (existsSync(link)) return;
  mkdirSync(places.compiled, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(directory, link);
}

function directoryOf(name: string, { compiled, installed }: Places): string | undefined {
  return [installed, compiled]
    .map((parent) => `${parent}/${stored(name)}`)
    .find((directory) => existsSync(`${directory}/LC_CTYPE`));
}

/** The name of a locale's directory, which glibc finds by each spelling of the charset: de_DE.utf8 for de_DE.UTF-8. */
function stored(name: string): string {
  return name.replace(/\.([^@]+)/, (_, charset: string) => {
    return `.${charset.toLowerCase().replace(/[^a-z0-9]/g, "")}`;
  });
}
