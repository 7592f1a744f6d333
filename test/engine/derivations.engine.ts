import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { lacksPinned } from "../../src/engine/derivations.ts";
import { NIX_ENVIRONMENT } from "../../src/engine/nix.ts";
import { runProcess } from "../../src/engine/process.ts";
import { makeProject } from "../helpers/project.ts";

const environment = { environment: NIX_ENVIRONMENT };

async function nix(file: string, ...words: string[]): Promise<string> {
  const { ok, stdout, stderr } = await runProcess(file, words, environment);
  if (!ok) throw new Error(stderr);
  return stdout.trim();
}

it("tells whether a pinned file has to be fetched, or something is only to be built", async () => {
  const content = `pinned ${process.pid} ${Date.now()}`;
  const root = makeProject({ pinned: content });
  const hash = createHash("sha256").update(content).digest("hex");
  const expression = `derivation {
    name = "it"; system = "x86_64-linux"; builder = "/none";
    needs = derivation {
      name = "pinned"; builder = "builtin:fetchurl"; system = "builtin"; url = "https://nowhere.invalid/pinned";
      outputHash = "sha256:${hash}"; outputHashAlgo = null; outputHashMode = "flat";
    };
  }`;
  const derivation = await nix("nix-instantiate", "--expr", expression);
  onTestFinished(() => void nix("nix-store", "--delete", derivation).catch(() => {}));
  expect(await lacksPinned(derivation, environment)).toBe(true);
  const pinned = await nix("nix-store", "--add-fixed", "sha256", join(root, "pinned"));
  expect(await lacksPinned(derivation, environment)).toBe(false);
  await nix("nix-store", "--delete", derivation, pinned);
  expect(await lacksPinned(derivation, environment)).toBe(true); // Nix knows no such derivation
});
