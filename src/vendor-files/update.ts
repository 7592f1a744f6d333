import { type Fault, KasmixError } from "../model/error.ts";
import { suggest } from "../model/suggest.ts";
import type { VendorPackage, Workspace } from "../model/types.ts";
import { type Asking, hashFile } from "./ask.ts";
import { compareVersions } from "./compare-versions.ts";
import { findNewest } from "./newest.ts";
import { type FaultsByName, findFixedPins, type Pin, writePins } from "./pins.ts";

/** What was found of one vendor package. */
export interface VendorUpdate {
  readonly name: string;
  /**
   * `outdated` where only checked, `ahead` where the workspace has a newer one than the vendor tells of, `untold` where
   * it does not say where that is told.
   */
  readonly state: "updated" | "outdated" | "unchanged" | "ahead" | "untold";
  /** Version that workspace.ts had. */
  readonly from: string;
  /** The newest one; `from` where that is not known. */
  readonly to: string;
  /** Hash of its file, where it is known. */
  readonly sha256?: string;
}

export interface UpdateResult {
  readonly updates: readonly VendorUpdate[];
  /** Packages whose newest version or whose file cannot be had. */
  readonly fetchFaults: readonly Fault[];
  /** Versions and hashes that cannot be rewritten. */
  readonly pinFaults: readonly Fault[];
}

export interface UpdateOptions extends Asking {
  /** Only this package. @default all that say where their newest version is told */
  readonly only?: string | undefined;
  /** Write nothing. @default false */
  readonly check?: boolean;
  /** A package is being asked for. */
  readonly onPackage?: (name: string) => void;
  /** Its file is being fetched: bytes so far, and how many there will be if that is told. */
  readonly onProgress?: (name: string, done: number, total: number | undefined) => void;
  /** It has been fetched. */
  readonly onFetched?: (name: string) => void;
}

/** Bytes of a vendor's file. */
const FILE_LIMIT = 4 * 1024 ** 3;

/**
 * Finds the newest versions of a workspace's vendor packages and writes version and hash into its workspace.ts, all at
 * once at the end; what fails of one package keeps no other from being updated. Throws E_USAGE for a package that is
 * not there, E_MODEL for one that does not say where its newest version is told, and the reason of `signal`.
 */
export async function updateVendor(
  root: string,
  workspace: Workspace,
  options: UpdateOptions,
): Promise<UpdateResult> {
  const packages = chosen(workspace, options.only);
  // Asked first: nobody wants to hear it after a long download.
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
    throw new KasmixError("E_MODEL", `${workspace.name} does not say where the newest ${only} is told.`, {
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
  // One version with another hash: the vendor has put another file in its place.
  if (to === from && (sha256 ?? vendor.sha256) === vendor.sha256) {
    return { name, state: "unchanged", from, to, ...known };
  }
  if (options.check === true) return { name, state: "outdated", from, to, ...known };
  const hash = sha256 ?? (await hashOf(name, vendor.url.replaceAll("{version}", to), options));
  return { name, state: "updated", from, to, sha256: hash };
}

async function hashOf(name: string, url: string, options: UpdateOptions): Promise<string> {
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
