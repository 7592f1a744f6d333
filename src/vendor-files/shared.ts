import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Architecture } from "../debian/format.ts";
import type { VendorSource } from "../model/types.ts";

/** Python packages, by their names. */
export const WHEEL_PINS = "nix/locks/wheels.json";
/** KasmVNC's release. */
export const KASMVNC_PINS = "nix/vendor-files/kasmvnc.json";

/** Software that belongs to no single workspace, as one of these files pins it. */
export interface SharedPin extends Readonly<Record<Architecture, PinnedFile>> {
  readonly version: string;
  readonly newest: SharedSource;
}

export interface PinnedFile {
  /** `{version}` stands for the version. */
  readonly url: string;
  readonly sha256: string;
}

/** Where to find the newest version: as for a workspace's vendor package, or by pip, with the package's name. */
export type SharedSource = VendorSource | { readonly pip: string };

/** The pins of a file, by name. */
export async function readSharedPins<T extends SharedPin>(
  root: string,
  path: string,
): Promise<Readonly<Record<string, T>>> {
  return JSON.parse(await readFile(join(root, path), "utf8"));
}
