import type { Fault } from "../model/error.ts";

/** The first version of Kasm with registries, and the newest that its documentation lists: docs/build/registry.md. */
export const [OLDEST_KASM, NEWEST_KASM] = ["1.13", "1.19"];

/** The versions of Kasm that images support, by minor version, both ends included. */
export interface KasmRange {
  readonly from: string;
  /** @default the newest known */
  readonly to?: string;
}

/**
 * Each version of a range as a registry lists it: `1.17.x`, `1.18.x`. Kasm looks for exactly its own version among them, so
 * that one newer than the last shows nothing of the registry.
 */
export function kasmVersions({ from, to = NEWEST_KASM }: KasmRange): string[] {
  const [[major, first], [, last]] = [partsOf(from), partsOf(to)];
  return Array.from({ length: last - first + 1 }, (_, index) => `${major}.${first + index}.x`);
}

/** Faults of the range at `path`: Kasm had no registries in its first version, or its last version comes before its first. */
export function rangeFaults({ from, to = NEWEST_KASM }: KasmRange, path: string): Fault[] {
  const [oldest, first, last] = [partsOf(OLDEST_KASM), partsOf(from), partsOf(to)];
  if (first[0] < oldest[0] || (first[0] === oldest[0] && first[1] < oldest[1])) {
    const message = `is ${from}, and Kasm has registries since ${OLDEST_KASM}`;
    return [{ path: `${path}.from`, message, fix: `Write ${OLDEST_KASM} or a later version.` }];
  }
  if (first[0] === last[0] && first[1] <= last[1]) return [];
  const message = `goes from ${from} to ${to}, which is no range within a major version`;
  return [{ path, message, fix: `Write, for example, "from": "1.14", "to": "${NEWEST_KASM}".` }];
}

function partsOf(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}
