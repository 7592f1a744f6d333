import { KasmixError } from "./error.ts";

/**
 * SOURCE_DATE_EPOCH, which replaces the current time in what Kasmix makes: seconds since 1970, undefined where it is not
 * set. Throws E_USAGE if it is not a whole number (reproducible-builds.org/specs/source-date-epoch).
 */
export function sourceDate(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const { SOURCE_DATE_EPOCH: text = "" } = environment;
  if (text === "") return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new KasmixError("E_USAGE", `SOURCE_DATE_EPOCH is "${text}"; it must be whole seconds since 1970.`, {
    fix: "For example: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
  });
}
