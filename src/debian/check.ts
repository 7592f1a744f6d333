import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { corePackages } from "../model/core-packages.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import { ARCHITECTURES, type Architecture, coreHash, type Lock } from "./format.ts";
import { difference, TOOL_PACKAGES } from "./packages.ts";
import { lockCommand, lockPath, readLock } from "./read.ts";

/**
 * Faults of the locks of these workspaces below the project's folder `root`: locks that are missing, damaged or for other
 * packages, and locks that add to another core than the one beside them. Without faults, a checkout of the commit gives
 * the same images as the folder that it was made in.
 */
export async function lockFaults(root: string, workspaces: readonly Workspace[]): Promise<Fault[]> {
  const architectures = ARCHITECTURES.filter(
    (each) => each === "amd64" || existsSync(join(root, dirname(lockPath("core", each)))),
  );
  const faults = await Promise.all(architectures.map((each) => faultsFor(root, workspaces, each)));
  return faults.flat();
}

async function faultsFor(
  root: string,
  workspaces: readonly Workspace[],
  architecture: Architecture,
): Promise<Fault[]> {
  const examine = (name: string, wanted: readonly string[]) => examineLock(root, name, wanted, architecture);
  const [tools, core] = [
    await examine("tools", TOOL_PACKAGES),
    await examine("core", corePackages(architecture)),
  ];
  const own = await Promise.all(
    workspaces.map(async ({ name, packages }): Promise<readonly Fault[]> => {
      const { lock, faults } = await examine(name, packages);
      if (!lock || !core.lock || lock.core === coreHash(core.lock)) return faults;
      const path = lockPath(name, architecture);
      const message = `was made on top of another ${lockPath("core", architecture)} than the one here`;
      const fix = `Commit the two together, or make it again: ${lockCommand(name, architecture)}`;
      return [...faults, { path, message, fix }];
    }),
  );
  return [...tools.faults, ...core.faults, ...own.flat()];
}

async function examineLock(
  root: string,
  name: string,
  wanted: readonly string[],
  architecture: Architecture,
): Promise<{ readonly lock?: Lock; readonly faults: readonly Fault[] }> {
  const path = lockPath(name, architecture);
  try {
    const lock = await readLock(root, name, architecture);
    const fault = difference(path, wanted, lock);
    const fix = `Resolve the packages again: ${lockCommand(name, architecture)}`;
    return { lock, faults: fault === undefined ? [] : [{ ...fault, fix }] };
  } catch (error) {
    if (!(error instanceof KasmixError)) throw error;
    const { message, fix, faults } = error;
    const whole: Fault = { path, message, ...(fix === undefined ? {} : { fix }) };
    return { faults: faults.length > 0 ? faults : [whole] };
  }
}
