import { join } from "node:path";
import { withApt } from "../../src/debian/apt.ts";
import { findMirrors, preferredMirrors } from "../../src/debian/mirrors.ts";
import { prefetch, storePathOf } from "../../src/debian/prefetch.ts";
import { readLocks } from "../../src/debian/read.ts";
import { resolveOnto } from "../../src/debian/resolve.ts";
import { $ } from "./shell.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Unpacks packages of the images' Debian into a folder, with all that the workspace `desktop` lacks of what they need:
 * programs that know nothing of Kasmix. Throws where Debian's mirrors cannot be reached.
 */
export async function unpackPackages(names: readonly string[], folder: string): Promise<void> {
  const { core, own } = await readLocks(ROOT, "desktop");
  const sources = preferredMirrors(await findMirrors());
  const resolved = await withApt({ suite: "trixie", sources }, (apt) =>
    resolveOnto(apt, [...core.packages, ...own.packages], names),
  );
  const { vanished } = await prefetch([{ ...own, ...resolved }]);
  if (vanished.length > 0)
    throw new Error(`not on any mirror: ${vanished.map(({ name }) => name).join(", ")}`);
  for (const pkg of resolved.packages) await $`dpkg-deb --extract ${storePathOf(pkg)} ${folder}`;
}
