import { expect, it } from "vitest";
import { findWheels } from "../../src/wheels/prefetch.ts";

const FILE = "pixelflux-2.2.1-cp313-cp313-manylinux_2_28_x86_64.whl";

function fetchOf(url: string) {
  const env = { url, name: FILE, out: `/nix/store/x-${FILE}`, outputHash: "sha256:ab" };
  return { builder: "builtin:fetchurl", env };
}

it("finds wheels by the shape of their addresses, and leaves everything else to others", () => {
  const found = findWheels("desktop", {
    "/nix/store/a.drv": fetchOf(`https://host.example/any/path/${FILE}`),
    // Newer versions of Nix leave out the store's folder.
    "b.drv": fetchOf(`https://other.example/${FILE}`),
    c: fetchOf("https://host.example/pool/main/p/pip/python3-pip_25_all.deb"),
    d: { builder: "/nix/store/busybox", env: { url: `https://host.example/${FILE}` } },
    e: {},
  });
  expect(found.map(({ derivation, url }) => `${derivation} ${new URL(url).host}`)).toEqual([
    "/nix/store/a.drv host.example",
    "/nix/store/b.drv other.example",
  ]);
  expect(found[0]).toMatchObject({
    ...{ workspace: "desktop", name: "pixelflux", version: "2.2.1", file: FILE, sha256: "ab" },
    storePath: `/nix/store/x-${FILE}`,
    tags: { python: "3.13", platform: "manylinux_2_28_x86_64" },
  });
});
