import { KasmixError } from "./error.ts";

/**
 * The time that SOURCE_DATE_EPOCH gives to what would else carry the time of its making: seconds since 1970, undefined
 * where it is not set. Throws E_USAGE for one that is no whole number (reproducible-builds.org/specs/source-date-epoch).
 */
export function sourceDate(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const { SOURCE_DATE_EPOCH: text = "" } = environment;
  if (text === "") return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new KasmixError("E_USAGE", `SOURCE_DATE_EPOCH is "${text}"; it takes whole seconds since 1970.`, {
    fix: "For example: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
  });
}
