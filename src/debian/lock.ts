import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "../files/replace.ts";
import { corePackages } from "../model/core-packages.ts";
import { KasmixError } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import { type Apt, withApt } from "./apt.ts";
import {
  type Architecture,
  coreHash,
  type Lock,
  type LockedPackage,
  type Locks,
  renderLock,
} from "./format.ts";
import { findMirrors, type Mirrors, preferredMirrors } from "./mirrors.ts";
import { refuseUnknownPackages, TOOL_PACKAGES, UNUSED_TOOL_PACKAGES } from "./packages.ts";
import { field } from "./parse.ts";
import { lockPath, parseLock } from "./read.ts";
import { installedParagraphs, type Resolved, resolveOnto, resolveSystem, resolveWithout } from "./resolve.ts";

const SUITE = "trixie";

/** One package in which a lock differs from what apt would install now. */
export interface Change {
  readonly name: string;
  /** Version in the lock; absent for a package that would be new. */
  readonly locked?: string;
  /** Version apt would take; absent for a package that would go. */
  readonly newest?: string;
}

export interface LockResult {
  /** The lock that apt would produce now. */
  readonly lock: Lock;
  /** The file, from the project's root. */
  readonly path: string;
  /** With `check`, a lock that differs is `stale`; without, it is `written`. */
  readonly state: "written" | "unchanged" | "stale";
  readonly changes: readonly Change[];
}

export interface LockOptions {
  /** Called with a description of each step. */
  readonly onProgress?: (message: string) => void;
  readonly signal?: AbortSignal;
  /** @default what the environment and the machine's apt sources name */
  readonly mirrors?: Mirrors;
  /** The machines that the packages are for. @default "amd64" */
  readonly architecture?: Architecture;
}

/**
 * Resolves the packages of the builders, of every image's core and of these workspaces with apt, and writes the locks that
 * changed, each atomically; with `check` nothing is written. With `keepCore` the locks of the builders and the core stay,
 * unless they are missing, damaged or for other packages than Kasmix names now. Throws E_MODEL for packages that are
 * unknown, exclude each other or do not fit a kept core, E_FETCH when the mirrors do not answer, E_MACHINE when apt or
 * Debian's keys are missing.
 */
export async function lockWorkspaces(
  root: string,
  workspaces: readonly Workspace[],
  options: LockOptions & { readonly check?: boolean; readonly keepCore?: boolean } = {},
): Promise<LockResult[]> {
  const kept = options.keepCore ? await readShared(root, options.architecture) : {};
  const fresh = await withSuite(options, (apt) => resolveAll(apt, workspaces, options, kept));
  return Promise.all([...fresh].map(([name, lock]) => settle(root, name, lock, options.check ?? false)));
}

/** The locks of the builders and the core that still serve. */
async function readShared(root: string, architecture?: Architecture): Promise<Partial<Omit<Locks, "own">>> {
  const read = async (name: "tools" | "core", wanted: readonly string[]) => {
    const { lock } = await readFormer(root, lockPath(name, architecture));
    return lock?.requested.join() === [...wanted].sort().join() ? { [name]: lock } : {};
  };
  return { ...(await read("tools", TOOL_PACKAGES)), ...(await read("core", corePackages(architecture))) };
}

/** Writes a lock if it differs from the file. */
async function settle(root: string, name: string, fresh: Lock, check: boolean): Promise<LockResult> {
  const path = lockPath(name, fresh.architecture);
  const { text, lock: old } = await readFormer(root, path);
  // A later date of the indexes alone does not count: the file would change every few hours.
  if (old && text === renderLock({ ...fresh, archives: old.archives })) {
    return { lock: old, path, state: "unchanged", changes: [] };
  }
  const changes = compareLocks(old?.packages ?? [], fresh.packages);
  if (check) return { lock: fresh, path, state: "stale", changes };
  await replaceFile(join(root, path), renderLock(fresh));
  return { lock: fresh, path, state: "written", changes };
}

/** The packages in which two locks differ, by name. */
export function compareLocks(locked: readonly LockedPackage[], newest: readonly LockedPackage[]): Change[] {
  const before = new Map(locked.map(({ name, version }) => [name, version]));
  const after = new Map(newest.map(({ name, version }) => [name, version]));
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name): Change[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) return [];
    return [
      { name, ...(was === undefined ? {} : { locked: was }), ...(is === undefined ? {} : { newest: is }) },
    ];
  });
}

/**
 * Replaces packages whose locked version has left the mirrors by their newest versions, together with those built from the
 * same source, and writes the locks that change. The other packages stay, unless they conflict with the new versions: then
 * all become the newest. `warnings` has one line for each changed package. Throws E_FETCH with `frozen`.
 */
export async function relockMissing(
  root: string,
  workspace: Workspace,
  locks: Locks,
  missing: readonly LockedPackage[],
  { frozen = false, ...given }: Omit<LockOptions, "architecture"> & { readonly frozen?: boolean } = {},
): Promise<{ locks: Locks; warnings: string[] }> {
  if (frozen) throw frozenError(workspace.name, missing);
  const { architecture } = locks.core;
  const options = { ...given, architecture };
  const fitting = await withSuite(options, async (apt) => {
    const fresh = toLocks(await resolveAll(apt, [workspace], options), workspace.name);
    const patched = patchAll(locks, fresh, missing);
    return patched && (await fits(apt, patched, fresh)) ? patched : fresh;
  });
  const renewed = { ...fitting, own: { ...fitting.own, core: coreHash(fitting.core) } };
  const gone = new Set(missing.map(({ name }) => name));
  const names = { tools: "tools", core: "core", own: workspace.name };
  const warnings: string[] = [];
  for (const [key, name] of entries(names)) {
    const changes = compareLocks(locks[key].packages, renewed[key].packages);
    if (changes.length === 0 && renewed[key].core === locks[key].core) continue;
    const path = lockPath(name, architecture);
    await replaceFile(join(root, path), renderLock(renewed[key]));
    warnings.push(...changes.map((change) => renderWarning(change, gone.has(change.name), path)));
  }
  if (coreHash(renewed.core) !== coreHash(locks.core)) warnings.push(CORE_CHANGED);
  return { locks: renewed, warnings };
}

const CORE_CHANGED = "The locks of other workspaces do not fit the new core; renew them all: ./kasmix lock";

function renderWarning({ name, locked, newest }: Change, gone: boolean, path: string): string {
  if (locked === undefined)
    return `${name} ${newest} is added to the image: a newer package needs it (${path}).`;
  if (newest === undefined) return `${name} ${locked} leaves the image: nothing needs it any more (${path}).`;
  const why = gone ? "has left the mirrors" : "conflicts with the newer packages";
  return `${name} ${locked} ${why}: ${newest} takes its place (${path}).`;
}

async function withSuite<T>(
  { onProgress, signal, mirrors, architecture }: LockOptions,
  use: (apt: Apt) => Promise<T>,
): Promise<T> {
  const sources = preferredMirrors(mirrors ?? (await findMirrors()));
  onProgress?.(`Reading the package indexes of Debian ${SUITE}`);
  return withApt({ suite: SUITE, architecture, sources, signal }, use);
}

/** The locks by name: the tools and the core, unless they are kept, and each workspace on top of the core. */
async function resolveAll(
  apt: Apt,
  workspaces: readonly Workspace[],
  { onProgress, architecture = "amd64" }: LockOptions,
  kept: Partial<Omit<Locks, "own">> = {},
): Promise<Map<string, Lock>> {
  for (const workspace of workspaces) {
    await refuseUnknownPackages(apt, workspace, `workspaces/${workspace.name}/workspace.ts`);
  }
  const lock = (requested: readonly string[], resolved: Resolved): Lock => {
    const { archives, packages, steps } = resolved;
    const names = [...new Set(requested)].sort();
    return { version: 1, suite: SUITE, architecture, archives, requested: names, packages, steps };
  };
  const locks = new Map<string, Lock>();
  if (!kept.tools) {
    onProgress?.("Resolving the tools");
    locks.set("tools", lock(TOOL_PACKAGES, await resolveWithout(apt, UNUSED_TOOL_PACKAGES, TOOL_PACKAGES)));
  }
  if (!kept.core) {
    onProgress?.("Resolving the core");
    const wanted = corePackages(architecture);
    locks.set("core", lock(wanted, await resolveSystem(apt, wanted)));
  }
  const core = kept.core ?? requireLock(locks, "core");
  for (const { name, packages } of workspaces) {
    onProgress?.(`Resolving ${name}`);
    const resolved = await resolveOnto(apt, core.packages, packages);
    refuseUpgrades(name, resolved, core);
    locks.set(name, { ...lock(packages, resolved), core: coreHash(core) });
  }
  return locks;
}

/** Throws E_MODEL where packages need newer versions of the core's than its lock has. */
export function refuseUpgrades(
  workspace: string,
  { packages }: Pick<Resolved, "packages">,
  core: Lock,
): void {
  const locked = new Map(core.packages.map(({ name, version }) => [name, version]));
  const newer = packages.filter(({ name }) => locked.has(name));
  if (newer.length === 0) return;
  const path = lockPath("core", core.architecture);
  throw new KasmixError("E_MODEL", `The packages of ${workspace} need a newer core than ${path} has.`, {
    faults: newer.map(({ name, version }) => ({
      path,
      message: `${name} must become ${version}; it is ${locked.get(name)}`,
    })),
    fix: "Renew the core and all workspaces, which are all built again then: ./kasmix lock",
  });
}

function requireLock(locks: ReadonlyMap<string, Lock>, name: string): Lock {
  const lock = locks.get(name);
  if (lock === undefined) throw new KasmixError("E_INTERNAL", `No lock was made for ${name}.`);
  return lock;
}

function toLocks(locks: ReadonlyMap<string, Lock>, workspace: string): Locks {
  const [tools, core] = [requireLock(locks, "tools"), requireLock(locks, "core")];
  return { tools, core, own: requireLock(locks, workspace) };
}

/** The text and the lock of a file; a damaged lock counts as missing, since locking again repairs it. */
async function readFormer(root: string, path: string): Promise<{ text?: string; lock?: Lock }> {
  const text = await readFile(join(root, path), "utf8").catch(() => undefined);
  if (text === undefined) return {};
  try {
    return { text, lock: parseLock(text, path) };
  } catch (error) {
    if (error instanceof KasmixError) return { text };
    throw error;
  }
}

function patchAll(locks: Locks, fresh: Locks, missing: readonly LockedPackage[]): Locks | undefined {
  const of = (lock: Lock) => missing.filter((pkg) => lock.packages.some(({ name }) => name === pkg.name));
  const patched = entries(locks).map(([key, lock]) => [key, patch(lock, fresh[key], of(lock))] as const);
  return patched.some(([, lock]) => lock === undefined)
    ? undefined
    : (Object.fromEntries(patched) as unknown as Locks);
}

/** The lock with the missing packages and their siblings renewed; undefined if one has no newer version. */
export function patch(lock: Lock, fresh: Lock, missing: readonly LockedPackage[]): Lock | undefined {
  if (missing.length === 0) return lock;
  const sources = new Set(missing.map(sourceOf));
  const newest = new Map(fresh.packages.map((pkg) => [pkg.name, pkg]));
  if (missing.some(({ name }) => !newest.has(name))) return undefined;
  const packages = lock.packages.map((pkg) =>
    sources.has(sourceOf(pkg)) ? (newest.get(pkg.name) ?? pkg) : pkg,
  );
  return { ...lock, archives: fresh.archives, packages };
}

/** The source package's folder in the pool: packages of one source belong together. */
function sourceOf({ path }: LockedPackage): string {
  return dirname(path).replace(/^pool\/updates\//, "pool/");
}

/** Whether apt finds every dependency satisfied with exactly the packages of a lock installed. */
async function fits(apt: Apt, locks: Locks, fresh: Locks): Promise<boolean> {
  const packages = [...locks.core.packages, ...locks.own.packages];
  const newest = new Map(
    [...fresh.core.packages, ...fresh.own.packages].map(({ name, version }) => [name, version]),
  );
  const old = packages.filter(({ name, version }) => newest.get(name) !== version);
  if (old.some(({ name }) => !newest.has(name))) return false;
  const versions = new Map(old.map(({ name, version }) => [name, version]));
  // The index has only the newest paragraph of a package; an older version hardly ever has other dependencies.
  const paragraphs = await installedParagraphs(
    apt,
    packages.map((pkg) => ({ ...pkg, version: newest.get(pkg.name) ?? "" })),
  );
  await apt.setInstalled(
    paragraphs.map((paragraph) => {
      const version = versions.get(field(paragraph, "Package") ?? "");
      return version === undefined ? paragraph : paragraph.replace(/^Version: .*$/m, `Version: ${version}`);
    }),
  );
  return (await apt.run("apt-get", ["check"])).ok;
}

function frozenError(workspace: string, missing: readonly LockedPackage[]): KasmixError {
  const names = missing.map(({ name, version }) => `  ${name} ${version}`).join("\n");
  return new KasmixError("E_FETCH", `These locked packages have left the mirrors:\n${names}`, {
    fix: `Build without --frozen to take their newest versions, or run: ./kasmix lock ${workspace}`,
  });
}

/** Object.entries with the types of the keys. */
function entries<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][];
function entries(record: Locks): [keyof Locks, Lock][];
function entries(record: object): [string, unknown][] {
  return Object.entries(record);
}
