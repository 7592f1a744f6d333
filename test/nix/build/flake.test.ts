import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

import { nix, ROOT } from "./nix.ts";

test("every output evaluates offline, and the lock is taken as it is, by the nix on PATH", async () => {
  const { stdout } = await execa("sh", [join(ROOT, "test/nix/flake.sh"), ROOT]);
  expect(stdout.split("\n").at(-1)).toBe("ok");
});

test("the flake and nix/default.nix give the same derivations, those on stand-ins too", async () => {
  const root = await checkout();
  const inputs = ["nixpkgs", "kasmvnc"].flatMap((name) => [
    "--override-input",
    name,
    `path:${join(root, "test/nix", name)}`,
  ]);
  // A folder's date, which is in no lock, becomes that of the image.
  const date = `(builtins.getFlake "path:${join(root, "test/nix/nixpkgs")}").lastModifiedDate`;
  const direct = `import ${root}/nix { inputs = {
    nixpkgs = { outPath = builtins.path { path = ${root}/test/nix/nixpkgs; name = "source"; }; lastModifiedDate = ${date}; };
    kasmvnc = (import ${root}/test/nix/kasmvnc/flake.nix).outputs { };
  }; }`;
  for (const name of ["desktop", "desktop-nixpkgs", "void-kasmvnc"]) {
    const attribute = `path:${root}#packages.x86_64-linux.${name}.drvPath`;
    const given = await nix("nix", "eval", "--raw", "--no-write-lock-file", ...inputs, attribute);
    const own = await nix("nix", "eval", "--raw", "--impure", "--expr", `(${direct}).${name}.drvPath`);
    expect(own).toBe(given);
  }
});

test("in a checkout the scripts of an image call its ./kasmix, elsewhere skopeo; both pass their arguments on", async () => {
  const scripts: Record<string, string> = {};
  for (const action of ["up", "load", "copyTo", "copyToRegistry"]) {
    scripts[action] = join(await script(action), "bin", action);
  }
  const image = /^image=(.*)$/m.exec(await readFile(scripts.load ?? "", "utf8"))?.[1];
  expect(image).toMatch(/^\/nix\/store\/[a-z0-9]{32}-desktop-image$/);

  const folder = await mkdtemp(join(tmpdir(), "kasmix-scripts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const say = async (path: string) =>
    writeFile(path, '#!/bin/sh\necho "$(basename "$0") $*"\n', { mode: 0o755 });
  const bin = join(folder, "bin");
  await mkdir(bin);
  const run = async (action: string, ...args: string[]) => {
    const env = { PATH: bin };
    const options = { cwd: folder, env, extendEnv: false, reject: false } as const;
    const { stdout, stderr, exitCode } = await execa(scripts[action] ?? "", args, options);
    return { exitCode, output: `${stdout}${stderr}` };
  };

  expect(await run("load")).toMatchObject({ exitCode: 1, output: expect.stringContaining("skopeo on PATH") });
  expect(await run("up")).toMatchObject({ exitCode: 1, output: expect.stringContaining("needs a checkout") });
  await execa("ln", ["-s", "/bin/sh", "/usr/bin/basename", bin]);
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

/** Builds a script of the desktop's image; the image itself comes with it. */
async function script(action: string): Promise<string> {
  const root = await checkout();
  const derivation = await nix("nix", "eval", "--raw", `path:${root}#desktop.${action}.drvPath`);
  return nix("nix-store", "--realise", derivation);
}

/** A copy of the files that Nix reads: the checkout itself has node_modules, which a path: reference would copy. */
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
