import { join } from "node:path";
import { lockPath } from "../debian/read.ts";
import { NIX_ENVIRONMENT } from "../engine/nix.ts";
import { runProcess } from "../engine/process.ts";
import { sha256Of } from "../files/sha256.ts";
import { WHEEL_PINS } from "../vendor-files/shared.ts";
import type { Origin, Source } from "./provenance.ts";
import type { Bill } from "./read.ts";

/** What of an image decides which files pin it. */
export interface Pinned extends Pick<Bill, "vendor" | "wheels"> {
  /** Name of its lock. */
  readonly lock: string;
  /** Whether it is built from inputs of the flake. */
  readonly inputs: boolean;
}

/**
 * What an image is built from now: the commit, unless the checkout has changes that git does not ignore, and the hashes
 * of all files that pin something.
 */
export async function readOrigin(
  root: string,
  { lock, vendor, wheels, inputs }: Pinned,
  signal?: AbortSignal,
): Promise<Origin> {
  const locks = ["tools", "core", lock].map((name) => lockPath(name));
  const further = [...(wheels.length > 0 ? [WHEEL_PINS] : []), ...(inputs ? ["flake.lock"] : [])];
  const paths = [...locks, "package-lock.json", ...further];
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
