import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runProcess } from "../../src/engine/process.ts";
import { prefetchWheels } from "../../src/wheels/prefetch.ts";
import { sha256 } from "../vendor-files/vendor-web.ts";
import { givePip } from "./pip-index.ts";
import { wheelFile, wheelName, withoutPip } from "./wheel-file.ts";

let folder: string;

/** A name of its own makes the store path a new one. */
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kasmix-wheel-"));
  file = wheelName("1.0.0", "x86_64", `test_${folder.slice(-6)}`);
  vi.stubEnv("KASMIX_VENDOR_DIR", "");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A fetch whose host does not exist. */
async function fetchOf(hash: string): Promise<{ drv: string; out: string }> {
  const expression = join(folder, "fetch.nix");
  const text = `derivation {
    name = "${file}"; builder = "builtin:fetchurl"; system = "builtin"; url = "https://wheels.invalid/1.0.0/${file}";
    outputHash = "sha256:${hash}"; outputHashAlgo = null; outputHashMode = "flat";
    executable = false; unpack = false;
  }`;
  await writeFile(expression, text);
  const drv = (await runProcess("nix-instantiate", [expression])).stdout.trim();
  const out = (await runProcess("nix-store", ["--query", "--outputs", drv])).stdout.trim();
  return { drv, out };
}

async function takeFromStore(out: string): Promise<boolean> {
  const { ok } = await runProcess("nix-store", ["--check-validity", out]);
  if (ok) await runProcess("nix-store", ["--delete", out]);
  return ok;
}

describe.skipIf(withoutPip)(`by pip${withoutPip}`, () => {
  it("puts a wheel into the store, so that Nix need not fetch it", async () => {
    givePip(file);
    const { drv, out } = await fetchOf(sha256(wheelFile(file)));
    const specs: string[] = [];
    expect(await prefetchWheels("desktop", drv, { onWheel: (spec) => specs.push(spec) })).toEqual([]);
    expect(specs).toEqual([`${file.split("-")[0]} 1.0.0`]);
    expect(await prefetchWheels("desktop", drv, { onWheel: () => expect.unreachable() })).toEqual([]);
    expect(await takeFromStore(out)).toBe(true);
  });

  it("names each way's reason where a wheel cannot be had, and keeps none with another hash", async () => {
    givePip(file);
    const { drv, out } = await fetchOf(sha256("another"));
    const lost = await prefetchWheels("desktop", drv);
    expect(lost.map(({ name, version }) => `${name} ${version}`)).toEqual([`${file.split("-")[0]} 1.0.0`]);
    expect(lost[0]?.reasons).toEqual([
      expect.stringMatching(
        /^The file that pip gets is not the pinned .*\n {2}expected sha256 .*\n {2}got {6}sha256 /,
      ),
      expect.stringMatching(/^wheels\.invalid does not send .*resolve/),
    ]);
    expect(await takeFromStore(out)).toBe(false);
  });
});

it("takes the user's own file first, if it has the pinned hash", async () => {
  await writeFile(join(folder, file), wheelFile(file));
  const { drv, out } = await fetchOf(sha256(wheelFile(file)));
  const found: string[] = [];
  const options = {
    folder,
    onFound: (path: string) => found.push(path),
    onWheel: () => expect.unreachable(),
  };
  expect(await prefetchWheels("desktop", drv, options)).toEqual([]);
  expect(found).toEqual([join(folder, file)]);
  expect(await takeFromStore(out)).toBe(true);
  const other = await fetchOf(sha256("another"));
  await expect(prefetchWheels("desktop", other.drv, { folder })).rejects.toMatchObject({
    code: "E_FETCH",
    faults: [{ path: `${file.split("-")[0]} (nix/locks/wheels.json)`, fix: "./kasmix update" }],
  });
});
