import { isIP } from "node:net";
import { type Address, isWithin, parseRange, type Range } from "./address.ts";
import { nameKindOf, plainName } from "./names.ts";

/** What a company lets in of its own network, though it is none of the internet. */
export interface AllowList {
  /** These names and, where they begin with a dot, all below. */
  readonly names: readonly string[];
  readonly ranges: readonly Range[];
}

/** Nothing. */
export const EMPTY_ALLOW_LIST: AllowList = { names: [], ranges: [] };

/**
 * Reads a list of names ("wiki.corp.example"), names with all below (".corp.example" or "*.corp.example"), addresses
 * and ranges ("10.1.0.0/16"). `onFault` is told of what is none of these; it is left out.
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

/** Whether a name was let in. */
export function allowsName({ names }: AllowList, name: string): boolean {
  return names.some((entry) => (entry.startsWith(".") ? name.endsWith(entry) : name === entry));
}

/** Whether an address was let in. */
export function allowsAddress({ ranges }: AllowList, address: Address): boolean {
  return ranges.some((range) => isWithin(address, range));
}

function readName(entry: string): string | undefined {
  const [, prefix = "", name = ""] = /^(\*?\.)?([^:/?#@\\\s]+)$/.exec(entry) ?? [];
  const host = URL.canParse(`http://${name}/`) ? plainName(new URL(`http://${name}/`).hostname) : "";
  // "10.1" is an address in another spelling: write it in the usual one.
  if (isIP(host) || nameKindOf(host) === "malformed-name") return undefined;
  return prefix === "" ? host : `.${host}`;
}
