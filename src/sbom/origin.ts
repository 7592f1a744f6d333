import { join } from "node:path";
import { lockPath } from "../debian/read.ts";
import { NIX_ENVIRONMENT } from "../engine/nix.ts";
import { runProcess } from "../engine/process.ts";
import { sha256Of } from "../files/sha256.ts";
import { WHEEL_PINS } from "../vendor-files/shared.ts";
import type { Origin, Source } from "./provenance.ts";
import type { Bill } from "./read.ts";

/**
 * What a workspace's image is built from now: the commit, unless the checkout has changes that git does not ignore, and
 * the hashes of all files that pin something.
 * @param bill names the vendors' files and the wheels that are in the image
 */
export async function readOrigin(
  root: string,
  workspace: string,
  { vendor, wheels }: Pick<Bill, "vendor" | "wheels">,
  signal?: AbortSignal,
): Promise<Origin> {
  const locks = ["tools", "core", workspace].map((name) => lockPath(name));
  const paths = [...locks, ...(wheels.length > 0 ? [WHEEL_PINS] : []), "package-lock.json"];
  const [source, pins, nix] = await Promise.all([
    readSource(root, signal),
    Promise.all(paths.map(async (path) => [path, await sha256Of(join(root, path))])),
    runProcess("nix-instantiate", ["--version"], { signal, environment: NIX_ENVIRONMENT }),
  ]);
  return {
    source,
    pins: Object.fromEntries(pins),
    vendor: vendor.map(({ name, url, sha256 }) => ({ name, url, sha256 })),
    wheels: wheels.map(({ name, url, sha256 }) => ({ name, url, sha256 })),
    nix: /(\d\S*)\s*$/.exec(nix.stdout)?.[1] ?? "unknown",
  };
}

async function readSource(root: string, signal?: AbortSignal): Promise<Source> {
  const git = (...args: string[]) => runProcess("git", ["-C", root, ...args], { signal });
  const [head, changes] = await Promise.all([
    git("rev-parse", "--verify", "HEAD"),
    git("status", "--porcelain"),
  ]);
  if (!head.ok || !changes.ok) return { commit: undefined, reason: "no git checkout" };
  if (changes.stdout.trim() === "") return { commit: head.stdout.trim() };
  return { commit: undefined, reason: "dirty: the checkout differs from its commit" };
}
