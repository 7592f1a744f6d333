import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveWorkspace } from "../../src/model/resolve.ts";
import type { Workspace } from "../../src/model/types.ts";
import { validateWorkspace } from "../../src/model/validate.ts";
import { TINY } from "./tiny.ts";

const ON_NIXPKGS: Workspace = {
  ...TINY,
  base: { distribution: "nixpkgs" },
  packages: ["thunar", "kdePackages.kate"],
  nixpkgs: { unfree: ["discord"], programs: { "/usr/bin/editor": "kdePackages.kate/bin/kate" } },
};

test("the base decides between Debian's packages and attribute paths", () => {
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf(ON_NIXPKGS)).toEqual([]);
  expect(faultsOf({ packages: ["kdePackages.kate", "g++"] })).toEqual([
    'packages[0]: expected a Debian package name: lower-case letters, digits, `+`, `.` and `-`, at least two characters, got "kdePackages.kate"',
  ]);
  expect(faultsOf({ packages: ["libc6:i386"] })).toEqual([
    'packages[0]: expected a package without an architecture, got "libc6:i386"',
  ]);
  expect(faultsOf({ ...ON_NIXPKGS, packages: ["g++", "7zip", "a..b", "firefox"] })).toEqual(
    ["7zip", "a..b"].map(
      (name, index) =>
        `packages[${index + 1}]: expected an attribute path of nixpkgs: names with dots between them, as in \`kdePackages.kate\`, got "${name}"`,
    ),
  );
});

test("fields without effect on nixpkgs are refused, all at once", () => {
  const vendor = {
    app: {
      version: "1",
      url: "https://a.invalid/1",
      sha256: "0".repeat(64),
      format: "zip" as const,
      programs: ["/opt/app/a"],
    },
  };
  const base = { distribution: "nixpkgs", suite: "trixie" } as const;
  const privileged = ["/usr/bin/ping"];
  const own = { base, privileged, languages: ["de"], vendor };
  expect(faultsOf({ ...ON_NIXPKGS, ...own, nixpkgs: { packages: ["vim"] } })).toEqual([
    "base.suite: is for Debian, but the base is nixpkgs",
    "privileged: is for programs of Debian's packages, but the base is nixpkgs",
    "languages: is for Debian's packages, but the base is nixpkgs",
    "nixpkgs.packages: is for a second image, but nixpkgs is the base already",
    "vendor: is software built for Debian's libraries, but the base is nixpkgs",
  ]);
});

test("languages are named as gettext names them", () => {
  expect(faultsOf({ languages: ["de", "pt_BR", "sr@latin", "zh_CN"] })).toEqual([]);
  expect(faultsOf({ languages: ["German", "de_DE.UTF-8", "pt-BR"] })).toEqual(
    ["German", "de_DE.UTF-8", "pt-BR"].map((name, index) =>
      expect.stringMatching(`languages\\[${index}\\].*${name}`),
    ),
  );
});

test("the part of nixpkgs names each package once, and files at whole paths", () => {
  const programs = {
    "/usr/bin/a b": "vim/bin/vim",
    "usr/bin/vim": "vim/bin/vim",
    "/vim": "vim/bin/vim",
    "/opt/kasmix/vim": "vim/bin/vim",
    "/usr/bin/vim": "vim",
    "/usr/bin/vi": "vim/../../etc/shadow",
    "/bin/vim": "vim/bin/vim",
  };
  const faults = faultsOf({ nixpkgs: { packages: ["vim", "vim"], unfree: ["x", "x"], programs } });
  expect(faults.map((fault) => fault.split(":")[0])).toEqual([
    'nixpkgs.programs["/usr/bin/vim"]',
    'nixpkgs.programs["/usr/bin/vi"]',
    "nixpkgs.packages[1]",
    "nixpkgs.unfree[1]",
    'nixpkgs.programs["/usr/bin/a b"]',
    'nixpkgs.programs["usr/bin/vim"]',
    'nixpkgs.programs["/vim"]',
    'nixpkgs.programs["/opt/kasmix/vim"]',
    'nixpkgs.programs["/bin/vim"]',
  ]);
});

test("a name must not end like that of another image", () => {
  for (const name of ["tiny-nixpkgs", "tiny-kasmvnc"]) {
    const faults = validateWorkspace({ ...TINY, name }, { folder: FOLDER, name });
    expect(faults).toMatchObject([
      { path: "name", message: "ends like the name of another image of a workspace" },
    ]);
  }
});

test("is resolved to sorted lists, whichever base it is for", () => {
  const programs = { "/usr/bin/editor": "kdePackages.kate/bin/kate" };
  expect(resolveWorkspace(ON_NIXPKGS)).toMatchObject({
    base: { distribution: "nixpkgs" },
    packages: [],
    nixpkgs: { packages: ["kdePackages.kate", "thunar"], unfree: ["discord"], programs },
  });
  expect(resolveWorkspace({ ...TINY, nixpkgs: { packages: ["b", "a"] } })).toMatchObject({
    base: { distribution: "debian", suite: "trixie" },
    packages: ["hello"],
    nixpkgs: { packages: ["a", "b"], unfree: [], programs: {} },
  });
  expect(resolveWorkspace(TINY)).not.toHaveProperty("nixpkgs");
});

const FOLDER = join(import.meta.dirname, "../../workspaces/desktop");

/** Path and message of each fault of the smallest workspace with these changes. */
function faultsOf(changes: object): string[] {
  const origin = { folder: FOLDER, name: "tiny" };
  return validateWorkspace({ ...TINY, ...changes }, origin).map(({ path, message }) => `${path}: ${message}`);
}
