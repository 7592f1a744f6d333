import { existsSync } from "node:fs";
import { chmod, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findInvalid } from "../debian/store.ts";
import { type ShownDerivation, showDerivations } from "./derivations.ts";
import { NIX_ENVIRONMENT } from "./nix.ts";
import { runProcess } from "./process.ts";

export interface NpmOptions {
  readonly signal?: AbortSignal;
  /** Called with how many packages are done, and of how many; not at all when nothing is missing. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Called with the reason why a package is left to Nix's own download. */
  readonly onProblem?: (text: string) => void;
}

/** A file of an npm package that a derivation fetches. */
interface NpmFetch {
  /** `package@version`. */
  readonly spec: string;
  /** A file of the package; without it, its tarball is meant. */
  readonly file: string | undefined;
  /** Name in the store. */
  readonly name: string;
  /** Path in the store. */
  readonly out: string;
}

/**
 * Puts the npm packages of a derivation into the Nix store, by the npm client: from the registry that this machine is
 * configured for, or from its cache without a network. Failed packages are left to Nix, which checks all hashes in any
 * case.
 */
export async function prefetchNpm(derivation: string, options: NpmOptions = {}): Promise<void> {
  const { signal, onProgress, onProblem } = options;
  const wanted = findNpmFetches(await showDerivations(derivation, { signal, environment: NIX_ENVIRONMENT }));
  const invalid = await findInvalid(wanted.map(({ out }) => out));
  const missing = wanted.filter(({ out }) => invalid.has(out));
  if (missing.length === 0) return;
  const folder = await mkdtemp(path.join(tmpdir(), "kasmix-npm-"));
  try {
    onProgress?.(0, missing.length);
    // All at once: npm's own start takes longer than a package. It ends at the first that fails.
    const specs = new Set(missing.map(({ spec }) => spec));
    if (specs.size > 1) await pack(folder, specs, signal);
    for (const [index, fetch] of missing.entries()) {
      const problem = await addToStore(folder, fetch, signal);
      if (problem !== undefined) onProblem?.(`${fetch.spec} is left to Nix: ${problem}`);
      onProgress?.(index + 1, missing.length);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The npm files among the fetches, recognised by the shape of their addresses on any host. */
export function findNpmFetches(derivations: Readonly<Record<string, ShownDerivation>>): NpmFetch[] {
  return Object.values(derivations).flatMap(({ builder, env = {} }): NpmFetch[] => {
    const { url = "", name = "", out = "" } = env;
    if (builder !== "builtin:fetchurl") return [];
    const single = /\/npm\/((?:@[^/]+\/)?[^/@]+@[^/]+)\/(.+)$/.exec(url);
    if (single?.[1] !== undefined) return [{ spec: single[1], file: single[2], name, out }];
    const tarball = /\/((?:@[^/]+\/)?([^/]+))\/-\/([^/]+)\.tgz$/.exec(url);
    const version = tarball?.[3]?.slice(`${tarball[2]}-`.length);
    return version === undefined ? [] : [{ spec: `${tarball?.[1]}@${version}`, file: undefined, name, out }];
  });
}

/** Packs packages, one or several, into tarballs in a folder. */
function pack(folder: string, specs: Iterable<string>, signal: AbortSignal | undefined) {
  const flags = ["--pack-destination", folder, "--prefer-offline", "--silent"];
  return runProcess("npm", ["pack", ...specs, ...flags], { signal, cwd: folder });
}

/** Adds one file, and packs its package unless that has been done; returns the reason if that failed. */
async function addToStore(
  folder: string,
  fetch: NpmFetch,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const tarball = path.join(folder, tarballOf(fetch.spec));
  if (!existsSync(tarball)) {
    const packed = await pack(folder, [fetch.spec], signal);
    if (!existsSync(tarball)) return packed.stderr.trim() || "npm pack gave nothing";
  }
  const place = await mkdtemp(path.join(folder, "in-store-"));
  const file = path.join(place, fetch.name);
  if (fetch.file === undefined) await copyFile(tarball, file);
  else {
    const extracted = ["--extract", "--file", tarball, "--directory", place, `package/${fetch.file}`];
    const tar = await runProcess("tar", extracted, { signal });
    if (!tar.ok) return tar.stderr.trim();
    await copyFile(path.join(place, "package", fetch.file), file);
    await chmod(file, 0o755);
  }
  return addFixed(file, fetch, signal);
}

/** `@scope/name@1.0.0` is in `scope-name-1.0.0.tgz`. */
function tarballOf(spec: string): string {
  const at = spec.lastIndexOf("@");
  const name = spec.slice(0, at).replace(/^@/, "").replace("/", "-");
  return `${name}-${spec.slice(at + 1)}.tgz`;
}

/** Tarballs are pinned by package-lock.json's SHA-512, single executables by the SHA-256 of their tree. */
async function addFixed(
  file: string,
  fetch: NpmFetch,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const method = fetch.file === undefined ? ["sha512"] : ["--recursive", "sha256"];
  const added = await runProcess("nix-store", ["--add-fixed", ...method, file], { signal });
  if (!added.ok) return added.stderr.trim();
  return added.stdout.trim() === fetch.out ? undefined : "its hash is not the pinned one";
}
