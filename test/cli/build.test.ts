import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { callKasmix } from "./kasmix.ts";

const ROOT = join(import.meta.dirname, "../..");

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kasmix-build-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const part of ["nix", "workspaces"]) await cp(join(ROOT, part), join(root, part), { recursive: true });
  for (const part of ["src", "node_modules"]) await symlink(join(ROOT, part), join(root, part));
});

test("a package that was added but not locked is refused before anything is built or written", async () => {
  await edit("workspaces/desktop/workspace.ts", '"mousepad"', '"mousepad", "jq"');
  expect(await build()).toMatchObject({
    exitCode: 3,
    error: {
      code: "E_MODEL",
      faults: [{ path: "nix/locks/desktop.json", message: "it lacks jq" }],
      fix: "Resolve the packages again: ./kasmix lock desktop",
    },
  });
});

test("a damaged lock is refused with its line", async () => {
  await edit("nix/locks/core.json", '"version": 1,', '"version": 1');
  const { exitCode, error } = await build();
  expect([exitCode, error.code, error.faults[0].path]).toEqual([3, "E_MODEL", "nix/locks/core.json:3:3"]);
});

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(root, file), "utf8");
  expect(text).toContain(from);
  await writeFile(join(root, file), text.replace(from, to));
}

async function build() {
  const { exitCode, stdout } = await callKasmix(["build", "desktop", "--json"], { root });
  return { exitCode, ...JSON.parse(stdout) };
}
