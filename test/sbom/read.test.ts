import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readImage } from "../../src/engine/image.ts";
import { loadWorkspace } from "../../src/model/load.ts";
import { readBill, readBundled } from "../../src/sbom/read.ts";
import { makeLayout } from "../engine/helpers/layout.ts";
import { makeProject } from "../helpers/project.ts";

const ROOT = join(import.meta.dirname, "../..");
const DESKTOP = await loadWorkspace(ROOT, "desktop");

it("reads the pinned packages that nix/runtime.nix bundles", async () => {
  const bundled = await readBundled(ROOT);
  expect(bundled.map(({ name }) => name)).toContain("@novnc/novnc");
  for (const { integrity } of bundled) expect(integrity).toMatch(/^sha512-/);
  const root = makeProject({
    "nix/runtime.nix": 'packages = map (name: x) [ "gone" ]',
    "package-lock.json": '{"packages":{}}',
  });
  await expect(readBundled(root)).rejects.toMatchObject({
    code: "E_INTERNAL",
    message: expect.stringMatching(/does not pin gone/),
  });
});

it("refuses an image with other layers than Debian's, or another number of vendor packages", async () => {
  const folder = await makeLayout({ name: "kasmix/desktop", layers: [[{ name: "a", content: "a" }]] });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  const as = (kind: string) => ({ ...image, layers: image.layers.map((layer) => ({ ...layer, kind })) });
  await expect(readBill(ROOT, DESKTOP, as("closure"))).rejects.toMatchObject({
    code: "E_MODEL",
    faults: [{ path: image.layers[0]?.digest, message: 'is a layer of the kind "closure"' }],
    fix: expect.stringContaining("--no-attest"),
  });
  // An image based on nixpkgs has no lock: the fix used to be a command that refuses it.
  await expect(readBill(ROOT, { ...DESKTOP, name: "unlocked" }, as("closure"))).rejects.toMatchObject({
    code: "E_MODEL",
    fix: expect.stringContaining("--no-attest"),
  });
  await expect(readBill(ROOT, DESKTOP, as("vendor"))).rejects.toMatchObject({ code: "E_STALE" });
});

it("refuses an image built from other locks", async () => {
  const folder = await makeLayout({ name: "kasmix/desktop", layers: [[{ name: "a", content: "a" }]] });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  await expect(readBill(ROOT, DESKTOP, image)).rejects.toMatchObject({
    code: "E_STALE",
    faults: expect.arrayContaining([
      { path: "libc6:amd64", message: expect.stringMatching(/is locked \(.*\) but not in the image/) },
    ]),
    fix: expect.stringContaining("./kasmix build desktop"),
  });
});
