import { expect, test } from "vitest";
import type { Apt } from "../../src/debian/apt.ts";
import { ARCHIVES } from "../../src/debian/format.ts";
import { resolveOnto } from "../../src/debian/resolve.ts";
import { samplePackage } from "./fixtures.ts";

const NEWEST = `Package: perl-base
Version: 5.40.1-6
Depends: libc6 (>= 2.41)
Provides: perl-abi`;

/** An apt whose mirrors have libc6 2.41-12, and of perl-base only 5.40.1-6. */
function fakeApt() {
  const calls: string[][] = [];
  let installed: readonly string[] = [];
  const apt: Apt = {
    options: { suite: "trixie", sources: { debian: "http://a", "debian-security": "http://b" } },
    releases: async () =>
      ARCHIVES.map((archive) => ({ archive, text: "Date: Fri, 20 Nov 2026 02:11:10 UTC" })),
    setInstalled: async (paragraphs) => {
      installed = paragraphs;
    },
    run: async (tool, args) => {
      calls.push([tool, ...args]);
      const shown = [
        ...(args.includes("libc6=2.41-12") ? ["Package: libc6\nVersion: 2.41-12"] : []),
        ...(args.includes("perl-base") ? [NEWEST] : []),
      ];
      return { ok: true, stdout: shown.join("\n\n"), stderr: "" };
    },
  };
  return { apt, calls, installed: () => installed };
}

const CORE = [samplePackage("libc6", "2.41-12", "g/glibc"), samplePackage("perl-base", "5.40.1-5", "p/perl")];

/** A core was resolved again with every workspace: of one that stays, the mirrors have only newer versions. */
test("a locked version that has left the mirrors counts as installed, without its successor's dependencies", async () => {
  const { apt, installed } = fakeApt();
  await resolveOnto(apt, CORE, ["jq"]);
  expect(installed()).toEqual([
    "Package: libc6\nVersion: 2.41-12\nStatus: install ok installed",
    "Package: perl-base\nStatus: install ok installed\nVersion: 5.40.1-5\nProvides: perl-abi",
  ]);
});

/** apt upgrades an installed package that is named. */
test("packages that the core has are not asked for again", async () => {
  const { apt, calls } = fakeApt();
  await resolveOnto(apt, CORE, ["jq", "libc6"]);
  const asked = calls.filter(([tool]) => tool === "apt-get").map((words) => words.slice(words.indexOf("--")));
  expect(asked).toEqual([
    ["--", "jq"],
    ["--", "jq"],
  ]);
});
