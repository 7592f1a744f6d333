import { createHash } from "node:crypto";

/** The locks that a workspace's image is built from. */
export interface Locks {
  /** `tools.json`: what the builders run. */
  readonly tools: Lock;
  /** `core.json`: the lowest layer of every image. */
  readonly core: Lock;
  /** `<workspace>.json`: what the workspace adds to the core. */
  readonly own: Lock;
}

/** A lock: what a file of `nix/locks/` holds. */
export interface Lock {
  readonly version: 1;
  readonly suite: "trixie";
  readonly architecture: Architecture;
  /** For each archive the time (`20261121T203015Z`) of a snapshot that has all the files. */
  readonly archives: Readonly<Record<Archive, string>>;
  /** Of a workspace's lock: the hash of the core's (`coreHash`) that it adds to. Both have to be committed together. */
  readonly core?: string;
  /** The requested packages, sorted and unique; a workspace may name packages of the core. */
  readonly requested: readonly string[];
  /** The packages to install for them, in apt's order of unpacking, the essential ones first. */
  readonly packages: readonly LockedPackage[];
  /** apt's actions once the essential packages are installed; consecutive actions of a kind are joined. */
  readonly steps: readonly Step[];
}

/** The architectures with locks, by Debian's names; the first is the default. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** This machine's, for which images are built. */
export const NATIVE: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

export const ARCHIVES = ["debian", "debian-security"] as const;
/** Which of Debian's archives a package comes from. */
export type Archive = (typeof ARCHIVES)[number];

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly archive: Archive;
  /** The file's path in its archive: `pool/main/…`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** Set for the essential packages, apt and all their dependencies: they come first. */
  readonly essential?: true;
}

/** Names of packages that apt unpacks, or configures, in one go. */
export type Step = { readonly unpack: readonly string[] } | { readonly configure: readonly string[] };

/** A lock as text: one package and one step per line, so that diffs are readable. */
export function renderLock(lock: Lock): string {
  const head = [
    `"version": ${lock.version}`,
    `"suite": ${JSON.stringify(lock.suite)}`,
    `"architecture": ${JSON.stringify(lock.architecture)}`,
    `"archives": ${spaced(Object.fromEntries(ARCHIVES.map((name) => [name, lock.archives[name]])))}`,
    ...(lock.core === undefined ? [] : [`"core": ${JSON.stringify(lock.core)}`]),
  ];
  const lists = [
    `"requested": ${list(lock.requested)}`,
    `"packages": ${list(lock.packages.map(ordered))}`,
    `"steps": ${list(lock.steps)}`,
  ];
  return `{\n  ${[...head, ...lists].join(",\n  ")}\n}\n`;
}

/** Identifies the packages of a lock of the core; the times of its archives do not matter. */
export function coreHash({ packages, steps }: Lock): string {
  return createHash("sha256")
    .update(JSON.stringify([packages.map(ordered), steps]))
    .digest("hex");
}

function ordered(pkg: LockedPackage): LockedPackage {
  const { name, version, architecture, archive, path, size, sha256, essential } = pkg;
  const common = { name, version, architecture, archive, path, size, sha256 };
  return essential ? { ...common, essential } : common;
}

function list(items: readonly unknown[]): string {
  return items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${spaced(item)}`).join(",\n")}\n  ]`;
}

/** JSON on one line, with spaces inside brackets. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${spaced(each)}`);
  return `{ ${entries.join(", ")} }`;
}
