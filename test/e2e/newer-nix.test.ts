import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { runProcess } from "../../src/engine/process.ts";
import { type Checkout, copyProject } from "../helpers/checkout.ts";

const NAME = "e2e-nix";

/**
 * Debian 13 has a newer Nix than this machine may have; it comes in an image that Kasmix builds. Its container has no
 * network, so that evaluation has to do with what the checkout holds.
 */
let engine: Engine;
let checkout: Checkout;

beforeAll(async () => {
  engine = await detectEngine();
  checkout = await copyProject(NAME, {
    packages: ["nix-bin"],
    lock: fileURLToPath(new URL("fixtures/newer-nix.lock.json", import.meta.url)),
  });
  await checkout.json("build", NAME);
  await checkout.json("load", NAME);
});

afterAll(() => checkout?.remove());

const NIX = "nix --extra-experimental-features 'nix-command flakes' --offline";

/** What a script says with the newer Nix, in a copy of the flake. */
function inContainer(script: string): Promise<string> {
  // The copy is its owner's alone.
  const options = ["--rm", "--network=none", "--user=0", "--entrypoint=/bin/bash", "--env=HOME=/root"];
  const mount = `--volume=${checkout.folder}:/source:ro`;
  const copy = `mkdir /tmp/flake; cd /source; cp -r ${PARTS} /tmp/flake; cd /tmp/flake`;
  return engine.run(["run", ...options, mount, `kasmix/${NAME}:latest`, "-euc", `${copy}\n${script}`]);
}

/** What of the copy belongs to the flake: all but the packages of npm, which are a link to elsewhere. */
const PARTS = "flake.nix flake.lock nix src package-lock.json workspaces test";

const DERIVATIONS = `packages: builtins.mapAttrs (_: package: package.drvPath) (
  builtins.removeAttrs packages (
    builtins.filter (name: builtins.match ".*-(nixpkgs|kasmvnc)" name != null) (builtins.attrNames packages)
  )
)`;
const EVALUATE = `eval --json path:.#packages.x86_64-linux --apply '${DERIVATIONS}'`;

test("a newer Nix gives every Debian output the same derivation as this machine's", async () => {
  const newer = await inContainer(`nix --version >&2; ${NIX} --store /tmp/store ${EVALUATE}`);
  const own = await runProcess("bash", ["-euc", `${NIX} ${EVALUATE}`], { cwd: checkout.folder });
  expect(own).toMatchObject({ ok: true });
  const derivations = JSON.parse(own.stdout);
  expect(Object.keys(derivations)).toEqual(
    expect.arrayContaining(["desktop", "chromium", "signal", "void", NAME]),
  );
  expect(JSON.parse(newer)).toEqual(derivations);
});

test("all that can be evaluated offline is, with the lock as it is", async () => {
  const said = await inContainer("sh test/nix/flake.sh .");
  expect(said).toContain("nix (Nix) 2.26");
  expect(said.trim().split("\n").at(-1)).toBe("ok");
});
