import { type Fault, KasmixError } from "../model/error.ts";
import type { VendorPackage, Workspace } from "../model/types.ts";
import { suggest } from "../terminal/suggest.ts";
import { type Asking, hashFile } from "./ask.ts";
import { compareVersions } from "./compare-versions.ts";
import { findNewest } from "./newest.ts";
import { type FaultsByName, findFixedPins, type Pin, writePins } from "./pins.ts";

/** The result for one vendor package. */
export interface VendorUpdate {
  readonly name: string;
  /**
   * `outdated` if only checked, `ahead` if the workspace has a newer version than the vendor reports, `untold` if the
   * workspace names no source of new versions.
   */
  readonly state: "updated" | "outdated" | "unchanged" | "ahead" | "untold";
  /** Version in workspace.ts before. */
  readonly from: string;
  /** The newest version; `from` if that is not known. */
  readonly to: string;
  /** Hash of its file, where it is known. */
  readonly sha256?: string;
}

export interface UpdateResult {
  readonly updates: readonly VendorUpdate[];
  /** Packages whose newest version or file cannot be fetched. */
  readonly fetchFaults: readonly Fault[];
  /** Versions and hashes that cannot be rewritten. */
  readonly pinFaults: readonly Fault[];
}

export interface UpdateOptions extends Asking {
  /** Only this package. @default all with a source of new versions */
  readonly only?: string | undefined;
  /** Write nothing. @default false */
  readonly check?: boolean;
  /** A package is being asked for. */
  readonly onPackage?: (name: string) => void;
  /** Its file is being downloaded: bytes so far, and all bytes if that is known. */
  readonly onProgress?: (name: string, done: number, total: number | undefined) => void;
  /** It has been fetched. */
  readonly onFetched?: (name: string) => void;
}

/** Bytes of a vendor's file. */
const FILE_LIMIT = 4 * 1024 ** 3;

/**
 * Finds the newest versions of a workspace's vendor packages and writes versions and hashes into its workspace.ts at the
 * end; a failure of one package does not stop the others. Throws E_USAGE for an unknown package, E_MODEL for one without a
 * source of new versions, and the reason of `signal`.
 */
export async function updateVendor(
  root: string,
  workspace: Workspace,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const packages = chosen(workspace, options.only);
  // Checked first, not after a long download.
  const fixed: FaultsByName = options.check === true ? new Map() : await findFixedPins(root, workspace);
  const fetchFaults: Fault[] = [];
  const found: VendorUpdate[] = [];
  for (const [name, vendor] of packages) {
    if (fixed.has(name)) continue;
    try {
      found.push(await findUpdate(name, vendor, options));
    } catch (error) {
      options.signal?.throwIfAborted();
      fetchFaults.push(toFault(workspace, name, error));
    }
  }
  const refused = await writePins(root, workspace, found.flatMap(toPin));
  const names = packages.map(([name]) => name);
  return {
    updates: found.filter(({ name }) => !refused.has(name)),
    fetchFaults,
    pinFaults: [...new Map([...fixed, ...refused])]
      .filter(([name]) => names.includes(name))
      .flatMap(([, faults]) => faults),
  };
}

function chosen(workspace: Workspace, only: string | undefined): [string, VendorPackage][] {
  const all = Object.entries(workspace.vendor ?? {});
  if (only === undefined) return all;
  const wanted = all.filter(([name]) => name === only);
  const [entry] = wanted;
  if (entry === undefined) {
    const names = all.map(([name]) => name);
    const near = suggest(only, names);
    throw new KasmixError("E_USAGE", `${workspace.name} has no vendor package "${only}".`, {
      fix: near ? `Did you mean ${near}?` : `It has: ${names.join(", ") || "none"}.`,
    });
  }
  if (entry[1].newest === undefined) {
    throw new KasmixError("E_MODEL", `${workspace.name} names no source for new versions of ${only}.`, {
      fix: `Set vendor.${only}.newest in workspaces/${workspace.name}/workspace.ts, or version and sha256 by hand.`,
    });
  }
  return wanted;
}

async function findUpdate(
  name: string,
  vendor: VendorPackage,
  options: UpdateOptions,
): Promise<VendorUpdate> {
  const { version: from, newest } = vendor;
  if (newest === undefined) return { name, state: "untold", from, to: from };
  options.onPackage?.(name);
  const { version: to, sha256 } = await findNewest(name, { ...vendor, newest }, options);
  const order = compareVersions(to, from);
  if (order < 0) return { name, state: "ahead", from, to };
  const known = sha256 === undefined ? {} : { sha256 };
  // Same version, another hash: the vendor has replaced the file.
  if (to === from && (sha256 ?? vendor.sha256) === vendor.sha256) {
    return { name, state: "unchanged", from, to, ...known };
  }
  if (options.check === true) return { name, state: "outdated", from, to, ...known };
  const hash = sha256 ?? (await hashOf(name, vendor.url.replaceAll("{version}", to), options));
  return { name, state: "updated", from, to, sha256: hash };
}

/** Downloads a file for its hash. Throws E_FETCH. */
export async function hashOf(name: string, url: string, options: UpdateOptions): Promise<string> {
  const { onProgress, onFetched } = options;
  const onBytes = (done: number, total: number | undefined) => onProgress?.(name, done, total);
  const hash = await hashFile(url, FILE_LIMIT, { ...options, onProgress: onBytes });
  onFetched?.(name);
  return hash;
}

function toPin({ name, state, to, sha256 }: VendorUpdate): Pin[] {
  return state === "updated" && sha256 !== undefined ? [{ name, version: to, sha256 }] : [];
}

function toFault({ name: workspace }: Workspace, name: string, error: unknown): Fault {
  if (!(error instanceof KasmixError)) throw error;
  const path = `vendor.${name} (workspaces/${workspace}/workspace.ts)`;
  return { path, message: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) };
}
