import { isIP } from "node:net";
import { parseUrl } from "../../model/parse-url.ts";
import { type Address, isWithin, parseRange, type Range } from "../gateway/address.ts";
import { nameKindOf, plainName } from "./names.ts";

/** Exceptions: parts of a company's own network that the browser may reach. */
export interface AllowList {
  /** Names; one that begins with a dot means all names below. */
  readonly names: readonly string[];
  readonly ranges: readonly Range[];
}

/**
 * Reads a list of names ("wiki.corp.example"), names with all below (".corp.example" or "*.corp.example"), addresses
 * and ranges ("10.1.0.0/16"). Calls `onFault` with each invalid entry and skips it.
 */
export function readAllowList(list: readonly string[], onFault: (entry: string) => void): AllowList {
  const names: string[] = [];
  const ranges: Range[] = [];
  for (const entry of list) {
    const range = parseRange(entry.replace(/^\[(.*)\]$/, "$1"));
    const name = range ? undefined : readName(entry);
    if (range) ranges.push(range);
    else if (name) names.push(name);
    else onFault(entry);
  }
  return { names, ranges };
}

export function allowsName({ names }: AllowList, name: string): boolean {
  return names.some((entry) => (entry.startsWith(".") ? name.endsWith(entry) : name === entry));
}

export function allowsAddress({ ranges }: AllowList, address: Address): boolean {
  return ranges.some((range) => isWithin(address, range));
}

function readName(entry: string): string | undefined {
  const [, prefix = "", name = ""] = /^(\*?\.)?([^:/?#@\\\s]+)$/.exec(entry) ?? [];
  const host = plainName(parseUrl(`http://${name}/`)?.hostname ?? "");
  // "10.1" is an unusual spelling of an address: refused, to avoid surprises.
  if (isIP(host) || nameKindOf(host) === "malformed-name") return undefined;
  return prefix === "" ? host : `.${host}`;
}
