import { expect, test } from "vitest";
import { lockFaults } from "../../src/debian/check.ts";
import { coreHash, type Lock, renderLock } from "../../src/debian/format.ts";
import { TOOL_PACKAGES } from "../../src/debian/packages.ts";
import { corePackages } from "../../src/model/core-packages.ts";
import { makeProject } from "../helpers/project.ts";
import { TINY } from "../model/tiny.ts";
import { sampleLock, samplePackage } from "./fixtures.ts";

const TOOLS = { ...sampleLock(), requested: [...TOOL_PACKAGES].sort() };
const CORE = { ...sampleLock(), requested: [...corePackages()].sort() };
const OWN: Lock = { ...sampleLock(), requested: [...TINY.packages].sort(), core: coreHash(CORE) };
const LOCKS = { tools: TOOLS, core: CORE, tiny: OWN };

function faultsOf(locks: Readonly<Record<string, Lock>>) {
  const files = Object.entries(locks).map(([name, lock]) => [`nix/locks/${name}.json`, renderLock(lock)]);
  return lockFaults(makeProject(Object.fromEntries(files)), [TINY]);
}

test("locks that were made together have no faults, also when only the archives' times differ", async () => {
  expect(await faultsOf(LOCKS)).toEqual([]);
  const archives = { debian: "20270101T000000Z", "debian-security": "20270101T000000Z" };
  expect(await faultsOf({ ...LOCKS, core: { ...CORE, archives } })).toEqual([]);
});

/** One commit gave two digests: a workspace's lock was committed without the core's that it was made on. */
test("a lock that was made on another core is named, with the command that makes it again", async () => {
  const packages = [...CORE.packages.slice(0, 2), samplePackage("jq", "1.7.1-7", "j/jq")];
  const { core: _core, ...unmarked } = OWN;
  for (const locks of [
    { ...LOCKS, core: { ...CORE, packages } },
    { ...LOCKS, tiny: unmarked },
  ]) {
    expect(await faultsOf(locks)).toEqual([
      {
        path: "nix/locks/tiny.json",
        message: "was made on top of another nix/locks/core.json than the one here",
        fix: "Commit the two together, or make it again: ./kasmix lock tiny",
      },
    ]);
  }
});

test("missing locks and locks for other packages are named, all at once", async () => {
  const faults = await faultsOf({ core: CORE, tiny: { ...OWN, requested: ["another"] } });
  expect(faults.map(({ path, fix }) => `${path} ${fix}`)).toEqual([
    "nix/locks/tools.json Create it: ./kasmix lock",
    "nix/locks/tiny.json Resolve the packages again: ./kasmix lock tiny",
  ]);
});
