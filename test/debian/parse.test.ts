import { expect, test } from "vitest";
import {
  complaints,
  downloadName,
  field,
  parseDownloads,
  parseSimulation,
  releaseDate,
  snapshotTimestamp,
  splitParagraphs,
} from "../../src/debian/parse.ts";

test("a simulated installation results in its actions in apt's order and nothing else", () => {
  const printed = `Reading package lists...
The following NEW packages will be installed:
  bsdutils jq
0 upgraded, 3 newly installed, 0 to remove and 0 not upgraded.
Inst libc6 (2.41-12+deb13u4 Debian:13.7/stable [amd64]) []
Inst bsdutils [1:2.40-1] (1:2.41.5-0+deb13u1 Debian:13.7/stable, Debian-Security:13/stable-security [amd64]) [libc6:amd64 ]
Conf libc6 (2.41-12+deb13u4 Debian:13.7/stable [amd64])
Inst tzdata (2025b-4 Debian:13.7/stable [all])
`;
  expect(parseSimulation(printed)).toEqual([
    { kind: "unpack", name: "libc6", version: "2.41-12+deb13u4", architecture: "amd64" },
    { kind: "unpack", name: "bsdutils", version: "1:2.41.5-0+deb13u1", architecture: "amd64" },
    { kind: "configure", name: "libc6", version: "2.41-12+deb13u4", architecture: "amd64" },
    { kind: "unpack", name: "tzdata", version: "2025b-4", architecture: "all" },
  ]);
});

test("a download is listed with its address decoded, its size and its hash", () => {
  const sha256 = "c7".repeat(32);
  const printed = `'http://mirror.example/debian/pool/main/b/b/b_2%2bx_amd64.deb' b_1%3a2+x_amd64.deb 34060 SHA256:${sha256}
'http://mirror.example/no-hash.deb' no-hash.deb 12 `;
  expect(parseDownloads(printed)).toEqual([
    {
      uri: "http://mirror.example/debian/pool/main/b/b/b_2+x_amd64.deb",
      file: "b_1%3a2+x_amd64.deb",
      size: 34060,
      sha256,
    },
  ]);
});

test("the file name of a package carries its epoch as apt writes it", () => {
  expect(downloadName({ name: "b", version: "1:2+x", architecture: "amd64" })).toBe("b_1%3a2+x_amd64.deb");
});

test("paragraphs and their fields are found whatever the case and the number of empty lines", () => {
  const paragraphs = splitParagraphs(
    "Package: a\nVersion: 1\n\n\n\nPackage: b\nDescription: x\n Version: no\n\n",
  );
  expect(paragraphs).toHaveLength(2);
  expect(field(paragraphs[0] ?? "", "version")).toBe("1");
  expect(field(paragraphs[1] ?? "", "Version")).toBeUndefined();
});

test("a Release file's date becomes a snapshot's timestamp", () => {
  const date = releaseDate("Origin: Debian\nDate: Fri, 20 Nov 2026 02:11:10 UTC\n");
  expect(date && snapshotTimestamp(date)).toBe("20261120T021110Z");
  expect(releaseDate("Origin: Debian\n")).toBeUndefined();
});

test("apt's errors, or else its warnings, are shown without marks and with the lines that belong to them", () => {
  const printed =
    "Reading package lists...\nE: Unable to satisfy:\n   1. a:amd64 Conflicts b\nnoise\nW: Old index\n";
  expect(complaints(printed)).toBe("Unable to satisfy:\n   1. a:amd64 Conflicts b");
  expect(complaints("W: Old index\nnoise\n")).toBe("Old index");
  expect(complaints("no marks\n")).toBe("no marks");
});
