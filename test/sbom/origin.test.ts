import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readOrigin } from "../../src/sbom/origin.ts";
import { makeProject } from "../helpers/project.ts";

const FILES = {
  "nix/locks/core.json": "{}",
  "nix/locks/tools.json": "{}",
  "nix/locks/desk.json": "desk",
  "nix/locks/wheels.json": "{}",
  "package-lock.json": "{}",
  "flake.lock": "{}",
};

const WHEEL = {
  ...{ name: "wheel", version: "3.0", licence: "MPL-2.0", sha256: "03", bundled: [] },
  url: "https://wheels.example/wheel",
};
const DESK = { lock: "desk", vendor: [], wheels: [WHEEL], inputs: false };

it("names the commit of an unchanged checkout, and hashes everything that pins something", async () => {
  const root = makeProject(FILES);
  expect((await readOrigin(root, DESK)).source).toEqual({
    commit: undefined,
    reason: "no git checkout",
  });
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  const clean = await readOrigin(root, DESK);
  expect(clean.source).toEqual({ commit: git("rev-parse", "HEAD") });
  const withInputs = await readOrigin(root, { ...DESK, inputs: true });
  expect(Object.keys(withInputs.pins).toSorted()).toEqual(Object.keys(FILES).toSorted());
  expect(clean.pins).not.toHaveProperty("flake.lock");
  expect(clean.pins["nix/locks/desk.json"]).toMatch(/^[0-9a-f]{64}$/);
  expect(clean.wheels).toEqual([{ name: "wheel", url: WHEEL.url, sha256: "03" }]);
  // An image without wheels does not depend on their pins.
  const without = await readOrigin(root, { ...DESK, wheels: [] });
  expect(Object.keys(without.pins)).not.toContain("nix/locks/wheels.json");
  appendFileSync(join(root, "nix/locks/desk.json"), "x");
  const dirty = await readOrigin(root, DESK);
  expect(dirty.source).toMatchObject({ commit: undefined, reason: expect.stringContaining("dirty") });
  expect(dirty.pins["nix/locks/desk.json"]).not.toBe(clean.pins["nix/locks/desk.json"]);
});
