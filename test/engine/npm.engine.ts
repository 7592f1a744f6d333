import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { prefetchNpm } from "../../src/engine/npm.ts";
import { runProcess } from "../../src/engine/process.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "kasmix-npm-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** The derivation of a fetch that only npm can serve: its host does not exist and its store path is new. */
async function fetchOf(
  url: string,
  hash: string,
  executable: boolean,
): Promise<{ drv: string; out: string }> {
  const file = path.join(folder, "fetch.nix");
  const text = `derivation {
    name = "test-${path.basename(folder)}"; builder = "builtin:fetchurl"; system = "builtin"; url = "${url}";
    outputHash = "${hash}"; outputHashAlgo = null; outputHashMode = "${executable ? "recursive" : "flat"}";
    executable = ${executable}; unpack = false;
  }`;
  await writeFile(file, text);
  const drv = (await runProcess("nix-instantiate", [file])).stdout.trim();
  const out = (await runProcess("nix-store", ["--query", "--outputs", drv])).stdout.trim();
  return { drv, out };
}

async function isInStore(out: string): Promise<boolean> {
  return (await runProcess("nix-store", ["--check-validity", out])).ok;
}

it("puts a tarball of package-lock.json into the store, so that Nix need not fetch it", async () => {
  const lock = JSON.parse(await readFile(new URL("../../package-lock.json", import.meta.url), "utf8"));
  const { version, integrity } = lock.packages["node_modules/ws"];
  const { drv, out } = await fetchOf(`https://npm.invalid/ws/-/ws-${version}.tgz`, integrity, false);
  expect(await isInStore(out)).toBe(false);
  await prefetchNpm(drv);
  expect(await isInStore(out)).toBe(true);
  await runProcess("nix-store", ["--delete", out]);
});

it("extracts a single executable from its package", async () => {
  const bootstrap = await readFile(new URL("../../nix/lib/bootstrap.nix", import.meta.url), "utf8");
  const pin = (key: string): string => new RegExp(`${key} = "([^"]+)"`).exec(bootstrap)?.[1] ?? "";
  const url = `https://npm.invalid/npm/${pin("package")}@${pin("version")}/${pin("file")}`;
  const { drv, out } = await fetchOf(url, pin("hash"), true);
  await prefetchNpm(drv);
  expect(await isInStore(out)).toBe(true);
  expect((await runProcess(out, ["--help"])).stdout).toContain("7-Zip");
  await runProcess("nix-store", ["--delete", out]);
});

it("fetches the others when a package cannot be had, and says why", async () => {
  const lock = JSON.parse(await readFile(new URL("../../package-lock.json", import.meta.url), "utf8"));
  const { version, integrity } = lock.packages["node_modules/yaml"];
  const { drv: lost } = await fetchOf(
    "https://npm.invalid/kasmix-has-none/-/kasmix-has-none-1.0.0.tgz",
    integrity,
    false,
  );
  const { drv, out } = await fetchOf(`https://npm.invalid/yaml/-/yaml-${version}.tgz`, integrity, false);
  const file = path.join(folder, "both.nix");
  const inputs = [lost, drv].map((each) => `(import ${each})`).join(" ");
  await writeFile(
    file,
    `derivation { name = "both"; system = "x86_64-linux"; builder = "/bin/sh"; inputs = [ ${inputs} ]; }`,
  );
  const both = (await runProcess("nix-instantiate", [file])).stdout.trim();
  const problems: string[] = [];
  await prefetchNpm(both, { onProblem: (text) => problems.push(text) });
  expect(problems).toEqual([expect.stringMatching(/^kasmix-has-none@1\.0\.0 is left to Nix: ./)]);
  expect(await isInStore(out)).toBe(true);
  await runProcess("nix-store", ["--delete", out]);
});

it("leaves a package with another hash to Nix, and says why", async () => {
  const hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const { drv, out } = await fetchOf("https://npm.invalid/npm/ws@8.23.0/package.json", hash, true);
  const problems: string[] = [];
  await prefetchNpm(drv, { onProblem: (text) => problems.push(text) });
  expect(problems).toEqual(["ws@8.23.0 is left to Nix: its hash is not the pinned one"]);
  expect(await isInStore(out)).toBe(false);
});
