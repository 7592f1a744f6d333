import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { needsBuilder } from "../../src/builder/needed.ts";
import { makeProject } from "../helpers/project.ts";

afterEach(() => void vi.unstubAllEnvs());

/** A machine with these programs, without a daemon of Nix and without a store. */
async function machine(...programs: string[]) {
  const folder = makeProject({});
  for (const name of programs) {
    await writeFile(path.join(folder, name), "");
    await chmod(path.join(folder, name), 0o755);
  }
  const nowhere = path.join(folder, "nowhere");
  return { directories: [folder], socket: nowhere, store: nowhere, root: false, debian: false };
}

it("is needed without Nix, unless Kasmix can install it: on Debian as root", async () => {
  const bare = await machine();
  expect(await needsBuilder(bare)).toBe(true);
  expect(await needsBuilder({ ...bare, debian: true })).toBe(true);
  expect(await needsBuilder({ ...bare, root: true })).toBe(true);
  expect(await needsBuilder({ ...bare, root: true, debian: true })).toBe(false);
});

it("is needed with a Nix that this user may not use", async () => {
  const nix = await machine("nix-store");
  expect(await needsBuilder(nix)).toBe(true);
  expect(await needsBuilder({ ...nix, root: true })).toBe(false);
  const store = path.join(nix.directories[0] ?? "", "store");
  await mkdir(store);
  expect(await needsBuilder({ ...nix, store })).toBe(false);
  expect(await needsBuilder({ ...nix, socket: store })).toBe(false);
});

it("is never needed in the builder itself, where Nix tells what is wrong with the store", async () => {
  vi.stubEnv("KASMIX_INSIDE", "0");
  expect(await needsBuilder(await machine())).toBe(false);
});
