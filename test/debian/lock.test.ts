import { expect, test } from "vitest";
import { compareLocks, patch, refuseUpgrades } from "../../src/debian/lock.ts";
import { toSteps } from "../../src/debian/resolve.ts";
import { sampleLock, samplePackage } from "./fixtures.ts";

test("outdated, added and removed packages are distinguished", () => {
  const locked = [
    samplePackage("a", "1", "a/a"),
    samplePackage("b", "1", "b/b"),
    samplePackage("c", "1", "c/c"),
  ];
  const newest = [
    samplePackage("a", "1", "a/a"),
    samplePackage("b", "2", "b/b"),
    samplePackage("d", "1", "d/d"),
  ];
  expect(compareLocks(locked, newest)).toEqual([
    { name: "b", locked: "1", newest: "2" },
    { name: "c", locked: "1" },
    { name: "d", newest: "1" },
  ]);
});

test("a package that vanished is renewed with those of its source, and the rest stays as it is", () => {
  const lock = sampleLock();
  const fresh = {
    ...lock,
    packages: [
      samplePackage("libc6", "2.41-13", "g/glibc"),
      // A security update comes from another part of the pool.
      {
        ...samplePackage("libjq1", "1.7.1-7", "j/jq"),
        path: "pool/updates/main/j/jq/libjq1_1.7.1-7_amd64.deb",
      },
      samplePackage("jq", "1.7.1-7", "j/jq"),
    ],
  };
  const patched = patch(lock, fresh, lock.packages.slice(2));
  expect(patched?.packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
    "libc6 2.41-12",
    "libjq1 1.7.1-7",
    "jq 1.7.1-7",
  ]);
});

test("a renewed package stays essential", () => {
  const lock = sampleLock();
  const fresh = { ...lock, packages: lock.packages.map((pkg) => ({ ...pkg, version: "9" })) };
  expect(patch(lock, fresh, lock.packages.slice(0, 1))?.packages[0]).toMatchObject({
    version: "9",
    essential: true,
  });
});

test("a package without a successor cannot be patched", () => {
  const lock = sampleLock();
  expect(
    patch(lock, { ...lock, packages: lock.packages.slice(0, 2) }, lock.packages.slice(2)),
  ).toBeUndefined();
});

test("consecutive actions of a kind are one step", () => {
  const action = (kind: "unpack" | "configure", name: string) => ({
    kind,
    name,
    version: "1",
    architecture: "all",
  });
  const actions = [
    action("unpack", "a"),
    action("unpack", "b"),
    action("configure", "a"),
    action("unpack", "c"),
  ];
  expect(toSteps(actions)).toEqual([{ unpack: ["a", "b"] }, { configure: ["a"] }, { unpack: ["c"] }]);
});

test("packages that need a newer core than the locked one are refused, each with both versions", () => {
  const core = sampleLock();
  expect(() => refuseUpgrades("x", { packages: [samplePackage("mc", "1", "m/mc")] }, core)).not.toThrow();
  const packages = [samplePackage("mc", "1", "m/mc"), samplePackage("libc6", "2.41-13", "g/glibc")];
  expect(() => refuseUpgrades("x", { packages }, core)).toThrow(
    expect.objectContaining({
      code: "E_MODEL",
      faults: [{ path: "nix/locks/core.json", message: "libc6 must become 2.41-13; it is 2.41-12" }],
      fix: expect.stringMatching(/\.\/kasmix lock$/),
    }),
  );
});
