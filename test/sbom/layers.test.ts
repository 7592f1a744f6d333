import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readImage } from "../../src/engine/image.ts";
import { readInstalled } from "../../src/sbom/layers.ts";
import { lockFaults } from "../../src/sbom/read.ts";
import { makeLayout } from "../engine/helpers/layout.ts";
import { makeProject } from "../helpers/project.ts";

const paragraph = (name: string, version: string, status = "install ok installed") =>
  `Package: ${name}\nStatus: ${status}\nArchitecture: amd64\nVersion: ${version}\n`;

async function installed(...layers: readonly Readonly<Record<string, string>>[]) {
  const folder = await makeLayout({
    name: "kasmix/test",
    layers: layers.map((files) => Object.entries(files).map(([name, content]) => ({ name, content }))),
  });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  return readInstalled({ layers: image.layers.map((layer) => ({ ...layer, kind: "packages" })) });
}

it("reads the installed packages from the highest layer's dpkg status", async () => {
  const { packages, licences } = await installed(
    {
      "./var/lib/dpkg/status": paragraph("a", "1"),
      "./usr/share/doc/a/copyright": "Format: x\nLicense: MIT\n",
    },
    {
      "./var/lib/dpkg/status": [
        paragraph("a", "1"),
        paragraph("b", "1:2"),
        paragraph("gone", "3", "deinstall ok config-files"),
      ].join("\n"),
    },
  );
  expect([...packages]).toEqual([
    ["a:amd64", "1"],
    ["b:amd64", "1:2"],
  ]);
  expect([...licences]).toEqual([["a", ["MIT"]]]);
});

/** The unhandled error used to end the process with a stack. */
it("names the layer that cannot be read, and the fix", async () => {
  const folder = makeProject({ cut: "x".repeat(700) });
  for (const name of ["cut", "missing"]) {
    const file = join(folder, name);
    const layers = [{ kind: "packages", digest: "sha256:0", size: 1, file }];
    await expect(readInstalled({ layers })).rejects.toMatchObject({
      code: "E_ENGINE",
      message: expect.stringContaining(file),
      fix: expect.stringContaining("nix-store --verify"),
    });
  }
});

it("reports every package in which locks and image differ", () => {
  const pkg = (name: string, version: string) => ({
    ...{ name, version, architecture: "amd64", archive: "debian" as const, path: "pool/a/a.deb" },
    ...{ size: 1, sha256: "" },
  });
  const locks = [{ packages: [pkg("a", "1"), pkg("b", "1"), pkg("c", "1")] }];
  const image = new Map([
    ["a:amd64", "1"],
    ["b:amd64", "2"],
    ["d:amd64", "1"],
  ]);
  expect(lockFaults(locks, image).map(({ path, message }) => `${path} ${message}`)).toEqual([
    "b:amd64 is 2 in the image but locked as 1",
    "c:amd64 is locked (1) but not in the image",
    "d:amd64 is in the image (1) but not locked",
  ]);
});
