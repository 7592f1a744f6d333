import { type Ingredients, type Part, partsOf } from "../../src/sbom/part.ts";
import type { Subject } from "../../src/sbom/subject.ts";

export const SUBJECT: Subject = {
  workspace: "desk",
  digest: `sha256:${"ab".repeat(32)}`,
  config: `sha256:${"cd".repeat(32)}`,
  architecture: "amd64",
  version: "0.1.0",
  created: 1_764_000_000,
};

const deb = (name: string, version: string, source: string) => ({
  ...{ name, version, architecture: "amd64", archive: "debian" as const, size: 1, sha256: "01".repeat(32) },
  path: `pool/main/${source.charAt(0)}/${source}/${name}_1_amd64.deb`,
});

export const INGREDIENTS: Ingredients = {
  locks: [
    { packages: [deb("libstdc++6", "14.2.0-19", "gcc-14"), deb("bsdutils", "1:2.41-5+b1", "util-linux")] },
    { packages: [deb("zlib1g", "1:1.3.dfsg+really1.3.1-1+b1", "zlib")] },
  ],
  licences: new Map([["zlib1g", ["Zlib", "GPL-2+ or Artistic"]]]),
  npm: [
    { name: "ws", version: "8.23.0", integrity: "sha512-AAAA", license: "MIT" },
    { name: "@scope/part", version: "1.0.0", integrity: `sha512-${"A".repeat(86)}==` },
  ],
  vendor: [
    { name: "app", version: "2.0", url: "https://vendor.example/app_2.0.deb", sha256: "02".repeat(32) },
  ],
  wheels: [
    {
      ...{ name: "wheel", version: "3.0", licence: "MPL-2.0", sha256: "03".repeat(32) },
      url: "https://wheels.example/wheel-3.0-cp313-cp313-any.whl",
      bundled: [
        { name: "x264", version: "0.165", licence: "GPL-2.0-or-later" },
        { name: "libvpx", version: "1.15.2", licence: "BSD-3-Clause" },
      ],
    },
  ],
  store: [
    `/nix/store/${"0".repeat(32)}-ffmpeg-8.0-lib`,
    `/nix/store/${"1".repeat(32)}-libxcb-1.17.0`,
    `/nix/store/${"2".repeat(32)}-libxcb-1.17.0`,
    `/nix/store/${"3".repeat(32)}-xgcc-14.3.0-libgcc`,
    `/nix/store/${"4".repeat(32)}-fonts.conf`,
  ],
  sources: [
    { name: "server", version: "1.3.4", url: "git+https://github.com/owner/server@abc" },
    { name: "part-of-it", version: "21.1.7", note: "Without patches." },
  ],
  kasmix: { version: "0.1.0", license: "Apache-2.0" },
};

/** With hashes of the right length. */
export const PARTS: readonly Part[] = partsOf({
  ...INGREDIENTS,
  npm: INGREDIENTS.npm.map((pkg) => ({ ...pkg, integrity: `sha512-${"A".repeat(86)}==` })),
});
