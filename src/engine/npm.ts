import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ShownDerivation, showDerivations } from "./derivations.ts";
import { NIX_ENVIRONMENT } from "./nix.ts";
import { runProcess } from "./process.ts";

export interface NpmOptions {
  readonly signal?: AbortSignal;
  /** Called with the name of each package that is fetched. */
  readonly onPackage?: (name: string) => void;
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
  const { signal } = options;
  const wanted = findNpmFetches(await showDerivations(derivation, { signal, environment: NIX_ENVIRONMENT }));
  for (const fetch of wanted) {
    const valid = await runProcess("nix-store", ["--check-validity", fetch.out], { signal });
    if (valid.ok) continue;
    options.onPackage?.(fetch.spec);
    const problem = await addToStore(fetch, signal);
    if (problem !== undefined) options.onProblem?.(`${fetch.spec} is left to Nix: ${problem}`);
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

/** Fetches one file and adds it; returns the reason if that failed. */
async function addToStore(fetch: NpmFetch, signal: AbortSignal | undefined): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), "kasmix-npm-"));
  try {
    const pack = ["pack", fetch.spec, "--pack-destination", folder, "--prefer-offline", "--silent"];
    const packed = await runProcess("npm", pack, { signal, cwd: folder });
    const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
    if (!packed.ok || tarball === undefined) return packed.stderr.trim() || "npm pack gave nothing";
    const file = path.join(folder, "in-store", fetch.name);
    await mkdir(path.dirname(file));
    if (fetch.file === undefined) await copyFile(path.join(folder, tarball), file);
    else {
      const extracted = ["--extract", "--file", path.join(folder, tarball), "--directory", folder];
      const tar = await runProcess("tar", [...extracted, `package/${fetch.file}`], { signal });
      if (!tar.ok) return tar.stderr.trim();
      await copyFile(path.join(folder, "package", fetch.file), file);
      await chmod(file, 0o755);
    }
    return await addFixed(file, fetch, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
