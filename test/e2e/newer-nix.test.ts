import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { runProcess } from "../../src/engine/process.ts";
import { type Checkout, copyProject } from "../helpers/checkout.ts";

const NAME = "e2e-nix";

/**
 * Debian 13 may have a newer Nix than this machine; an image that Kasmix builds has it. Its container has no
 * network, so that evaluation can use only the checkout.
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

/** The output of a script with the newer Nix, in a copy of the flake. */
function inContainer(script: string): Promise<string> {
  // Only its owner may read the copy.
  const options = ["--rm", "--network=none", "--user=0", "--entrypoint=/bin/bash", "--env=HOME=/root"];
  const mount = `--volume=${checkout.folder}:/source:ro`;
  const copy = `mkdir /tmp/flake; cd /source; cp -r ${PARTS} /tmp/flake; cd /tmp/flake`;
  return engine.run(["run", ...options, mount, `kasmix/${NAME}:latest`, "-euc", `${copy}\n${script}`]);
}

/** The flake's part of the copy: all but npm's packages, which are a link. */
const PARTS = "flake.nix flake.lock nix src package-lock.json workspaces test";

const DERIVATIONS = `packages: builtins.mapAttrs (_: package: package.drvPath) (
  builtins.removeAttrs packages (
    builtins.filter (name: builtins.match ".*-(nixpkgs|kasmvnc)" name != null) (builtins.attrNames packages)
  )
)`;
const EVALUATE = `eval --json path:.#packages.x86_64-linux --apply '${DERIVATIONS}'`;

test("a newer Nix gives every Debian output the same derivation as this machine's Nix", async () => {
  const newer = await inContainer(`nix --version >&2; ${NIX} --store /tmp/store ${EVALUATE}`);
  const own = await runProcess("bash", ["-euc", `${NIX} ${EVALUATE}`], { cwd: checkout.folder });
  expect(own).toMatchObject({ ok: true });
  const derivations = JSON.parse(own.stdout);
  expect(Object.keys(derivations)).toEqual(
    expect.arrayContaining(["desktop", "chromium", "signal", "void", NAME]),
  );
  expect(JSON.parse(newer)).toEqual(derivations);
});

test("every output evaluates offline with the lock as it is", async () => {
  const said = await inContainer("sh test/nix/flake.sh .");
  expect(said).toContain("nix (Nix) 2.26");
  expect(said.trim().split("\n").at(-1)).toBe("ok");
});
