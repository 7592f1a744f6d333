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
  /** For each archive a moment (`20261121T203015Z`) at which a snapshot of it has all the files. */
  readonly archives: Readonly<Record<Archive, string>>;
  /** What was asked for, sorted, unique; a workspace may name what the core has already. */
  readonly requested: readonly string[];
  /** What has to be installed for it, in apt's order of unpacking, an essential set first. */
  readonly packages: readonly LockedPackage[];
  /** What apt does when the essential set is installed; consecutive actions of a kind are joined. */
  readonly steps: readonly Step[];
}

/** Debian's names of the machines that there are locks for, the first of which is meant where none is named. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const ARCHIVES = ["debian", "debian-security"] as const;
/** Which of Debian's archives a package comes from. */
export type Archive = (typeof ARCHIVES)[number];

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly archive: Archive;
  /** Where the file lies in its archive: `pool/main/…`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  /** Set for the essential packages, apt and all that they depend on: they come first. */
  readonly essential?: true;
}

/** Names of packages that apt unpacks, or configures, in one go. */
export type Step = { readonly unpack: readonly string[] } | { readonly configure: readonly string[] };

/** A lock as text: one package and one step a line, so that differences read well; ends in one newline. */
export function renderLock(lock: Lock): string {
  const head = [
    `"version": ${lock.version}`,
    `"suite": ${JSON.stringify(lock.suite)}`,
    `"architecture": ${JSON.stringify(lock.architecture)}`,
    `"archives": ${spaced(Object.fromEntries(ARCHIVES.map((name) => [name, lock.archives[name]])))}`,
  ];
  const lists = [
    `"requested": ${list(lock.requested)}`,
    `"packages": ${list(lock.packages.map(ordered))}`,
    `"steps": ${list(lock.steps)}`,
  ];
  return `{\n  ${[...head, ...lists].join(",\n  ")}\n}\n`;
}

function ordered(pkg: LockedPackage): LockedPackage {
  const { name, version, architecture, archive, path, size, sha256, essential } = pkg;
  const common = { name, version, architecture, archive, path, size, sha256 };
  return essential ? { ...common, essential } : common;
}

function list(items: readonly unknown[]): string {
  return items.length === 0 ? "[]" : `[\n${items.map((item) => `    ${spaced(item)}`).join(",\n")}\n  ]`;
}

/** JSON on one line with spaces as people write it. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${spaced(each)}`);
  return `{ ${entries.join(", ")} }`;
}
