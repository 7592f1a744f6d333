import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { $ } from "../../helpers/shell.ts";
import { inRoot, nix, nixLines, ROOT } from "./nix.ts";

test("every output evaluates offline with the lock as it is, by the nix on PATH", async () => {
  const { stdout } = await inRoot`sh test/nix/flake.sh ${ROOT}`;
  expect(stdout.trim().split("\n").at(-1)).toBe("ok");
});

test("the flake and nix/default.nix give the same derivations, also with stand-ins", async () => {
  const root = await checkout();
  const standIns = { nixpkgs: "nixpkgs", kasmvnc: "kasmvnc", novnc: "kasmvnc" };
  const inputs = Object.entries(standIns).flatMap(([name, folder]) => [
    "--override-input",
    name,
    `path:${join(root, "test/nix", folder)}`,
  ]);
  // A folder's date, which is in no lock, becomes that of the image.
  const date = `(builtins.getFlake "path:${join(root, "test/nix/nixpkgs")}").lastModifiedDate`;
  const direct = `import ${root}/nix { inputs = {
    nixpkgs = { outPath = builtins.path { path = ${root}/test/nix/nixpkgs; name = "source"; }; lastModifiedDate = ${date}; };
    kasmvnc = (import ${root}/test/nix/kasmvnc/flake.nix).outputs { };
    novnc = builtins.path { path = ${root}/test/nix/kasmvnc; name = "source"; };
  }; }`;
  const derivations = `all: map (name: all.\${name}.drvPath) [ "desktop" "desktop-nixpkgs" "void-kasmvnc" ]`;
  const evaluate = (...args: string[]) => nix("nix", "eval", "--json", ...args);
  const given = await evaluate(
    ...["--no-write-lock-file", ...inputs],
    ...[`path:${root}#packages.x86_64-linux`, "--apply", derivations],
  );
  expect(await evaluate("--impure", "--expr", `(${derivations}) (${direct})`)).toBe(given);
  expect(JSON.parse(given)).toHaveLength(3);
});

// The branch has moved, so its fetch fails: KasmVNC could not be built any more.
test("nothing that KasmVNC is built from is fetched by a branch", async () => {
  const value = `import ${ROOT}/nix { inputs = {
    kasmvnc = (import ${ROOT}/test/nix/kasmvnc/flake.nix).outputs { };
    novnc = builtins.path { path = ${ROOT}/test/nix/kasmvnc; name = "source"; };
  }; }`;
  const image = await nix("nix", "eval", "--impure", "--raw", "--expr", `(${value}).desktop-kasmvnc.drvPath`);
  const { stdout } = await $`nix-store --query --requisites ${image}`;
  const made = stdout.split("\n").filter((path) => /kasmvnc-1|kasmvnc-www|-source.drv$/.test(path));
  expect(made.map((path) => path.slice("/nix/store/".length + 33)).sort()).toEqual([
    "kasmvnc-1.3.4.drv",
    "kasmvnc-www-1.3.1-npm-deps.drv",
    "kasmvnc-www-1.3.1.drv",
  ]);
  const recipes = await Promise.all(made.map((path) => readFile(path, "utf8")));
  expect(recipes.join("")).not.toContain("release/1.3.1");
});

test("in a checkout the scripts of an image call ./kasmix, elsewhere skopeo; both get the arguments", async () => {
  const scripts = await buildScripts(["up", "load", "copyTo", "copyToRegistry"]);
  const image = /^image=(.*)$/m.exec(await readFile(scripts.load ?? "", "utf8"))?.[1];
  expect(image).toMatch(/^\/nix\/store\/[a-z0-9]{32}-desktop-image$/);

  const folder = await mkdtemp(join(tmpdir(), "kasmix-scripts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const say = async (path: string) =>
    writeFile(path, '#!/bin/sh\necho "$(basename "$0") $*"\n', { mode: 0o755 });
  const bin = join(folder, "bin");
  await mkdir(bin);
  const run = async (action: string, ...args: string[]) => {
    const options = { cwd: folder, nothrow: true } as const;
    const script = scripts[action] ?? "";
    const { stdout, stderr, exitCode } = await $(options)`env -i PATH=${bin} ${script} ${args}`;
    return { exitCode, output: `${stdout}${stderr}`.trim() };
  };

  expect(await run("load")).toMatchObject({ exitCode: 1, output: expect.stringContaining("skopeo on PATH") });
  expect(await run("up")).toMatchObject({ exitCode: 1, output: expect.stringContaining("needs a checkout") });
  await $`ln -s /bin/sh /usr/bin/basename ${bin}`;
  await say(join(bin, "skopeo"));
  expect(await run("load")).toEqual({
    exitCode: 0,
    output: `skopeo --insecure-policy copy oci:${image} containers-storage:localhost/kasmix/desktop:latest`,
  });
  expect(await run("copyTo")).toMatchObject({
    exitCode: 2,
    output: expect.stringContaining("Name the destination"),
  });
  expect(await run("copyTo", "dir:x", "--debug")).toEqual({
    exitCode: 0,
    output: `skopeo --insecure-policy copy oci:${image} dir:x --debug`,
  });
  expect(await run("copyToRegistry", "registry.invalid/me/desktop:1")).toEqual({
    exitCode: 0,
    output: `skopeo --insecure-policy copy oci:${image} docker://registry.invalid/me/desktop:1`,
  });

  await say(join(folder, "kasmix"));
  await mkdir(join(folder, "nix/workspaces"), { recursive: true });
  expect(await run("load")).toEqual({ exitCode: 0, output: "kasmix build desktop\nkasmix load desktop" });
  expect(await run("up", "--port", "7000")).toEqual({ exitCode: 0, output: "kasmix up desktop --port 7000" });
});

/** Builds scripts of the desktop's image, and the image with them; returns their paths by name. */
async function buildScripts(actions: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const list = actions.map((action) => `all.${action}.drvPath`).join(" ");
  const attribute = `path:${await checkout()}#desktop`;
  const derivations = await nix("nix", "eval", "--json", attribute, "--apply", `all: [ ${list} ]`);
  const paths = await nixLines("nix-store", "--realise", ...JSON.parse(derivations));
  return Object.fromEntries(actions.map((action, index) => [action, `${paths[index]}/bin/${action}`]));
}

/** A copy of what Nix reads: the checkout has packages of npm, which a path: would copy. */
async function checkout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-flake-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const part of [
    "nix",
    "src",
    "workspaces",
    "test/nix",
    "package-lock.json",
    "flake.nix",
    "flake.lock",
  ]) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  return folder;
}
