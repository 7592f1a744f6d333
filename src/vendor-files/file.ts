import { fixedStorePath } from "../debian/store-path.ts";
import { KASMVNC, type ResolvedVendorPackage, type ResolvedWorkspace } from "../model/resolve.ts";
import { KASMVNC_PINS } from "./shared.ts";

/** A file of third-party software, downloaded from its vendor. */
export interface VendorFile {
  /** Name of the workspace. */
  readonly workspace: string;
  /** Name of the vendor package in it. */
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  /** The file's name in the Nix store, and in the user's own folder of vendor files. */
  readonly file: string;
  /** Its path in the Nix store. */
  readonly storePath: string;
  /** File of pins, from the project's root, where no workspace.ts pins it. */
  readonly pins?: string;
}

/** The files of a workspace's vendor packages, by the packages' names. */
export function vendorFiles(
  { name: workspace, vendor }: Pick<ResolvedWorkspace, "name" | "vendor">,
  store?: string,
): VendorFile[] {
  return Object.entries(vendor)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { version, url, sha256 }]) => {
      const file = fileName(name, { url, version });
      const storePath = fixedStorePath(sha256, file, store);
      const pins = name === KASMVNC ? { pins: KASMVNC_PINS } : {};
      return { workspace, name, version, url, sha256, file, storePath, ...pins };
    });
}

/**
 * The last part of an address's path, in the characters and the length that Nix allows for a name; for an address that
 * ends in a slash, name and version.
 */
export function fileName(
  name: string,
  { url, version }: Pick<ResolvedVendorPackage, "url" | "version">,
): string {
  const last = decode(new URL(url).pathname.split("/").at(-1) ?? "");
  const allowed = (last || `${name}-${version}`).replaceAll(/[^A-Za-z0-9+._?=-]/g, "_");
  return allowed.slice(-MAXIMUM).replace(/^\./, "_");
}

/** Characters; Nix allows 211, and may need some for itself. */
const MAXIMUM = 200;

/** A name with an invalid encoding is used unchanged. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
