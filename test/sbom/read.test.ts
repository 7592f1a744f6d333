import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { LockedPackage } from "../../src/debian/format.ts";
import { readLock } from "../../src/debian/read.ts";
import { type Image, readImage } from "../../src/engine/image.ts";
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

const AS_DESKTOP = { asBuilt: DESKTOP, lock: "desktop" };

it("refuses an image without Debian's packages, or with another number of vendor packages", async () => {
  const folder = await makeLayout({ name: "kasmix/desktop", layers: [[{ name: "a", content: "a" }]] });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  const as = (kind: string) => ({ ...image, layers: image.layers.map((layer) => ({ ...layer, kind })) });
  await expect(readBill(ROOT, AS_DESKTOP, as("closure"))).rejects.toMatchObject({
    code: "E_MODEL",
    faults: [{ path: image.layers[0]?.digest, message: 'is a layer of the kind "closure"' }],
    fix: expect.stringContaining("--no-attest"),
  });
  // An image based on nixpkgs has no lock: the fix used to be a command that refuses it.
  await expect(readBill(ROOT, { asBuilt: DESKTOP, lock: "unlocked" }, as("closure"))).rejects.toMatchObject({
    code: "E_MODEL",
    fix: expect.stringContaining("--no-attest"),
  });
  await expect(readBill(ROOT, AS_DESKTOP, as("vendor"))).rejects.toMatchObject({ code: "E_STALE" });
});

it("refuses an image built from other locks", async () => {
  const folder = await makeLayout({ name: "kasmix/desktop", layers: [[{ name: "a", content: "a" }]] });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  await expect(readBill(ROOT, AS_DESKTOP, image)).rejects.toMatchObject({
    code: "E_STALE",
    faults: expect.arrayContaining([
      { path: "libc6:amd64", message: expect.stringMatching(/is locked \(.*\) but not in the image/) },
    ]),
    fix: expect.stringContaining("./kasmix build desktop"),
  });
});

/** An image with the packages that the locks of desktop name, and further layers of these kinds. */
async function desktopImage(
  kinds: readonly string[],
  Labels: Readonly<Record<string, string>> = {},
): Promise<Image> {
  const locks = await Promise.all(["core", "desktop"].map((name) => readLock(ROOT, name)));
  const status = locks.flatMap(({ packages }) => packages).map(installed);
  const below = [{ name: "var/lib/dpkg/status", content: status.join("\n") }];
  const others = kinds.map((kind) => [{ name: "kind", content: kind }]);
  const folder = await makeLayout({ name: "kasmix/desktop", layers: [below, ...others], config: { Labels } });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  const named = ["packages", ...kinds];
  return {
    ...image,
    layers: image.layers.map((layer, index) => ({ ...layer, kind: named[index] ?? "files" })),
  };
}

const installed = ({ name, architecture, version }: LockedPackage) =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n`;

// Images with KasmVNC from source got no bill, so that nobody learned of their old X server.
it("names what KasmVNC from source is made of, with the commits that flake.lock pins", async () => {
  const built = await desktopImage(["closure"]);
  const paths = [`/nix/store/${"0".repeat(32)}-libxcb-1.17.0`];
  const image = {
    ...built,
    layers: built.layers.map((layer) => (layer.kind === "closure" ? { ...layer, paths } : layer)),
    sources: [
      { name: "KasmVNC", version: "1.3.4", input: "kasmvnc" },
      { name: "noVNC", version: "1.3.1", input: "novnc" },
      { name: "xorg-server", version: "21.1.7", note: "without the security patches" },
    ],
  };
  const asBuilt = { ...DESKTOP, name: "desktop-kasmvnc" };
  const { subject, parts } = await readBill(ROOT, { asBuilt, lock: "desktop" }, image);
  expect(subject.workspace).toBe("desktop-kasmvnc");
  const { nodes } = JSON.parse(await readFile(join(ROOT, "flake.lock"), "utf8"));
  const found = parts.filter(({ kind }) => kind === "source" || kind === "nix");
  expect(found).toMatchObject([
    { name: "KasmVNC", url: `git+https://github.com/a-h/KasmVNC@${nodes.kasmvnc.locked.rev}` },
    { name: "noVNC", url: `git+https://github.com/kasmtech/noVNC@${nodes.novnc.locked.rev}` },
    { name: "xorg-server", version: "21.1.7", note: "without the security patches" },
    { kind: "nix", name: "libxcb", version: "1.17.0" },
  ]);
});

// The release was not counted among the vendor software, so that its images got no bill.
it("names KasmVNC's release as vendor software, unless TigerVNC stands in for it", async () => {
  const display = { server: "kasmvnc", from: "release" } as const;
  const asBuilt = { ...DESKTOP, name: "desktop-kasmvnc-release", display };
  const vendor = async (image: Image) =>
    (await readBill(ROOT, { asBuilt, lock: "desktop" }, image)).parts.filter(({ kind }) => kind === "vendor");
  expect(await vendor(await desktopImage(["vendor"]))).toMatchObject([{ name: "kasmvnc" }]);
  expect(await vendor(await desktopImage([], { "io.kasmix.vendor": "stand-in" }))).toEqual([]);
});
