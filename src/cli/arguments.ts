import { KasmixError } from "../model/error.ts";

/** The words after the first `--`. */
export function restOf(raw: readonly string[]): readonly string[] {
  const index = raw.indexOf("--");
  return index < 0 ? [] : raw.slice(index + 1);
}

/** A TCP port from a flag's text. Throws E_USAGE for anything but 1 to 65535. */
export function parsePort(text: string, flag: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new KasmixError("E_USAGE", `${flag} takes a port from 1 to 65535, not "${text}".`);
}
