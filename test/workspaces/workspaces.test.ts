import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { renderWorkspace } from "../../src/generate/generate.ts";
import { loadWorkspace } from "../../src/model/load.ts";
import { resolveWorkspace } from "../../src/model/resolve.ts";
import { findLiterals } from "../../src/vendor-files/literals.ts";
import { makeProject } from "../helpers/project.ts";

const ROOT = join(import.meta.dirname, "../..");
const VOID = "workspaces/void/workspace.ts";

it.each([
  ["signal", { memory: "4GiB", cpus: 2 }],
  ["void", { memory: "8GiB", cpus: 4 }],
])("%s gets what its users need", async (name, resources) => {
  expect(resolveWorkspace(await loadWorkspace(ROOT, name)).resources).toMatchObject(resources);
});

const shellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

it("their scripts are clean in the eyes of shellcheck", { skip: !shellcheck }, () => {
  const all = readdirSync(join(ROOT, "workspaces"), { recursive: true, encoding: "utf8" });
  const scripts = all.filter((path) => path.endsWith(".sh")).map((path) => join(ROOT, "workspaces", path));
  expect(scripts.length).toBeGreaterThan(2);
  expect(spawnSync("shellcheck", scripts, { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "" });
});

it("void takes CloakBrowser in place of Chromium when one word is changed", async () => {
  const changed = readFileSync(join(ROOT, VOID), "utf8").replace(
    'const BROWSER = "chromium"',
    'const BROWSER = "cloakbrowser"',
  );
  const root = makeProject({});
  for (const folder of ["src", "nix"]) symlinkSync(join(ROOT, folder), join(root, folder));
  mkdirSync(join(root, "workspaces/void"), { recursive: true });
  for (const part of ["files", "icon.svg"]) {
    symlinkSync(join(ROOT, "workspaces/void", part), join(root, "workspaces/void", part));
  }
  writeFileSync(join(root, VOID), changed);
  const workspace = await loadWorkspace(root, "void");
  const { apps, packages, vendor, launcher } = resolveWorkspace(workspace);
  const browser = apps.find(({ name }) => name === "cloakbrowser");
  expect(browser).toMatchObject({
    title: "CloakBrowser",
    argumentsFrom: "CLOAK_APP_ARGS",
    switch: "LAUNCH_CLOAK",
    before: [{ unlockChromium: "~/.config/cloakbrowser" }],
  });
  expect(browser?.command[0]).toBe("/opt/cloakbrowser/chrome");
  const flags = ["--user-data-dir={HOME}/.config/cloakbrowser", "--disable-software-rasterizer"];
  expect(browser?.command).toEqual(expect.arrayContaining(flags));
  expect(launcher?.app).toBe("cloakbrowser");
  expect(apps.map(({ title }) => title)).toContain("Reload CloakBrowser");
  expect(packages).not.toContain("chromium");
  expect(Object.keys(vendor)).toEqual(["discord", "cloakbrowser"]);
  const [nix = ["", ""]] = renderWorkspace(workspace);
  expect(nix[1]).toContain('title = "CloakBrowser"');
  expect(nix[1]).toContain("/opt/cloakbrowser/cloakbrowser");
  const places = ["discord", "cloakbrowser"].map((name) => ["vendor", name, "version"]);
  for (const found of findLiterals(changed, places, VOID)) expect(found).toHaveProperty("value");
});
