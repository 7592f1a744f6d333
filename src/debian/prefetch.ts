import { setMaxListeners } from "node:events";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { KasmixError } from "../model/error.ts";
import type { Outcome } from "./download.ts";
import type { Lock, LockedPackage } from "./format.ts";
import { findMirrors, type Mirrors } from "./mirrors.ts";
import { addFixed, findInvalid } from "./store.ts";
import { fixedStorePath, storeName } from "./store-path.ts";

/** Progress of a prefetch; only files that are still to be downloaded count. */
export interface Progress {
  /** Files. */
  readonly done: number;
  readonly total: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface Prefetched {
  /** Files downloaded into the Nix store by this run. */
  readonly fetched: number;
  /** Files that were there already. */
  readonly present: number;
  /** Packages whose locked version has left the mirrors and the snapshots. */
  readonly vanished: readonly LockedPackage[];
}

/** Archive of everything that Debian's mirrors ever had: the fallback of the committed build. */
const SNAPSHOTS = "https://snapshot.debian.org/archive";
const CONNECTIONS = 8;

/**
 * Puts every package of these locks into the Nix store, under the path of the build's own fetch, from this machine's
 * mirrors or else the snapshot archive. An interrupted run leaves complete files in the cache
 * (`$XDG_CACHE_HOME/kasmix/debs`) for the next one; files in the store are removed from the cache.
 * Throws E_FETCH for a wrong file and for hosts that do not answer, E_INTERRUPTED when `signal` is aborted.
 */
export async function prefetch(
  locks: readonly Lock[],
  options: {
    onProgress?: (progress: Progress) => void;
    signal?: AbortSignal;
    /** @default what the environment and the machine's apt sources name */
    mirrors?: Mirrors;
    /** @default the public snapshot archive */
    snapshots?: string;
    /** Folder of the downloads. */
    cache?: string;
  } = {},
): Promise<Prefetched> {
  // The core and the tools share packages: one file is fetched once.
  const wanted = new Map(
    locks.flatMap((lock) => lock.packages.map((pkg) => [storePathOf(pkg), { lock, pkg }] as const)),
  );
  const missing = await missingFromStore(wanted);
  const present = wanted.size - missing.length;
  if (missing.length === 0) return { fetched: 0, present, vanished: [] };
  const mirrors = options.mirrors ?? (await findMirrors());
  const cache = options.cache ?? defaultCache();
  const jobs = missing.map(({ lock, pkg }) => ({
    pkg,
    target: join(cache, pkg.sha256, storeName(pkg.path)),
    urls: addresses(lock, pkg, mirrors, options.snapshots ?? SNAPSHOTS),
  }));
  const outcomes = await downloadAll(jobs, options);
  const had = jobs.filter((_, index) => outcomes[index]?.kind === "done");
  await addFixed(had.map(({ pkg, target }) => ({ file: target, path: storePathOf(pkg) })));
  await Promise.all(had.map(({ target }) => rm(dirname(target), { recursive: true, force: true })));
  failWhereUnreachable(outcomes, missing.length - had.length);
  return {
    fetched: had.length,
    present,
    vanished: jobs.filter((job) => !had.includes(job)).map(({ pkg }) => pkg),
  };
}

/** The values whose store path is not valid yet. Throws E_BUILD where Nix is missing. */
async function missingFromStore<T>(byPath: ReadonlyMap<string, T>): Promise<T[]> {
  const invalid = await findInvalid([...byPath.keys()]);
  return [...byPath].filter(([path]) => invalid.has(path)).map(([, thing]) => thing);
}

/** The path of a package's file in the Nix store. */
export function storePathOf(pkg: LockedPackage): string {
  return fixedStorePath(pkg.sha256, storeName(pkg.path));
}

interface Job {
  readonly pkg: LockedPackage;
  readonly target: string;
  readonly urls: readonly string[];
}

async function downloadAll(
  jobs: readonly Job[],
  { onProgress, signal }: { onProgress?: (progress: Progress) => void; signal?: AbortSignal },
): Promise<Outcome[]> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  // Every request and every pipeline listens to it; Node would report a leak.
  setMaxListeners(0, both);
  // Only now: most builds find everything in the store.
  const [{ openWeb }, { aptProxies }, { download }] = await Promise.all([
    import("../net/http.ts"),
    import("./proxies.ts"),
    import("./download.ts"),
  ]);
  const web = openWeb({ connections: CONNECTIONS, proxies: await aptProxies() });
  const count = countUp(jobs, onProgress);
  const unreachable = new Map<string, string>();
  const fetchOne = async ({ pkg, target, urls }: Job) => {
    const wanted = { label: `${pkg.name} ${pkg.version}`, urls, size: pkg.size, sha256: pkg.sha256 };
    const outcome = await download(wanted, target, { web, unreachable, onBytes: count.bytes, signal: both });
    count.file();
    return outcome;
  };
  try {
    return await inParallel(jobs, fetchOne, stop);
  } catch (error) {
    if (!signal?.aborted) throw error;
    const kept = "complete downloads are kept for the next run";
    throw new KasmixError("E_INTERRUPTED", `Interrupted: ${kept}.`);
  } finally {
    web.close();
  }
}

/** Counts files and bytes, and reports each change. */
function countUp(jobs: readonly Job[], onProgress: (progress: Progress) => void = () => {}) {
  const bytesTotal = sum(jobs.map(({ pkg }) => pkg.size));
  let progress: Progress = { done: 0, total: jobs.length, bytesDone: 0, bytesTotal };
  const add = (files: number, bytes: number) => {
    progress = { ...progress, done: progress.done + files, bytesDone: progress.bytesDone + bytes };
    onProgress(progress);
  };
  return { file: () => add(1, 0), bytes: (bytes: number) => add(0, bytes) };
}

/** Works on a few items at a time, in order; the first failure stops the others and is thrown when they have ended. */
async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  stop: AbortController,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    // The workers share the iterator, so each takes the next item that is left.
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item);
      } catch (error) {
        if (!stop.signal.aborted) stop.abort(error);
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: CONNECTIONS }, worker));
  if (stop.signal.aborted) throw stop.signal.reason;
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}

function addresses(lock: Lock, pkg: LockedPackage, mirrors: Mirrors, snapshots: string): string[] {
  const roots = [...mirrors[pkg.archive], `${snapshots}/${pkg.archive}/${lock.archives[pkg.archive]}`];
  const path = pkg.path.split("/").map(encodeURIComponent).join("/");
  return roots.map((root) => `${root}/${path}`);
}

function failWhereUnreachable(outcomes: readonly Outcome[], left: number): void {
  const unreachable = outcomes.find((outcome) => outcome.kind === "unreachable");
  if (!unreachable) return;
  const hosts = [...unreachable.reasons].map(([host, why]) => `  ${host}: ${why}`);
  throw new KasmixError("E_FETCH", `${left} packages cannot be downloaded:\n${hosts.join("\n")}`, {
    fix: "Check the network, or set KASMIX_DEBIAN_MIRROR to a mirror, and run the command again: it continues where it stopped. Nothing else was changed.",
  });
}

function defaultCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kasmix", "debs");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
