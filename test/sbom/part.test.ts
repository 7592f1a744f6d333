import { expect, it } from "vitest";
import { partsOf } from "../../src/sbom/part.ts";
import { INGREDIENTS } from "./fixture.ts";

it("gives every part a package URL with escaped epochs, plus signs and scopes, each kind sorted by name", () => {
  expect(partsOf(INGREDIENTS).map(({ purl }) => purl)).toEqual([
    "pkg:generic/kasmix@0.1.0",
    "pkg:npm/%40scope/part@1.0.0",
    "pkg:npm/ws@8.23.0",
    `pkg:generic/app@2.0?checksum=sha256%3A${"02".repeat(32)}&download_url=https%3A%2F%2Fvendor.example%2Fapp_2.0.deb`,
    "pkg:generic/part-of-it@21.1.7",
    "pkg:generic/server@1.3.4?vcs_url=git%2Bhttps%3A%2F%2Fgithub.com%2Fowner%2Fserver%40abc",
    `pkg:nix/ffmpeg@8.0?output=lib&outputhash=${"0".repeat(32)}`,
    `pkg:nix/fonts.conf?outputhash=${"4".repeat(32)}`,
    `pkg:nix/libxcb@1.17.0?outputhash=${"1".repeat(32)}`,
    `pkg:nix/libxcb@1.17.0?outputhash=${"2".repeat(32)}`,
    `pkg:nix/xgcc@14.3.0-libgcc?outputhash=${"3".repeat(32)}`,
    "pkg:pypi/wheel@3.0",
    "pkg:generic/libvpx@1.15.2",
    "pkg:generic/x264@0.165",
    "pkg:deb/debian/bsdutils@1:2.41-5%2Bb1?arch=amd64&distro=debian-13",
    "pkg:deb/debian/libstdc%2B%2B6@14.2.0-19?arch=amd64&distro=debian-13",
    "pkg:deb/debian/zlib1g@1:1.3.dfsg%2Breally1.3.1-1%2Bb1?arch=amd64&distro=debian-13",
  ]);
});

it("has hashes of the installed files, Debian's source packages, and licences if known", () => {
  const parts = new Map(partsOf(INGREDIENTS).map((part) => [part.name, part]));
  expect(parts.get("ws")?.hash).toEqual({ algorithm: "SHA-512", hex: "000000" });
  expect(parts.get("bsdutils")).toMatchObject({ source: "util-linux", licences: [] });
  expect(parts.get("zlib1g")).toMatchObject({
    licences: ["Zlib", "GPL-2+ or Artistic"],
    isExpression: false,
  });
  expect(parts.get("app")).toMatchObject({ licences: [], url: "https://vendor.example/app_2.0.deb" });
});
