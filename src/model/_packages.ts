import { linkedFolderFaults, reservedPathFaults } from "./_files.ts";
import type { Fault } from "./error.ts";
import { type Lenient, present } from "./lenient.ts";
import { type Step, showPath } from "./paths.ts";
import { showValue } from "./schema-faults.ts";
import type { NixpkgsPart, Workspace } from "./types.ts";

/** Faults of the packages, which each base names in its own way, and of the part for nixpkgs. */
export function packageFaults(workspace: Lenient<Workspace>): Fault[] {
  const { base, nixpkgs = {} } = workspace;
  const onNixpkgs = base?.distribution === "nixpkgs";
  return [
    ...present(workspace.packages).flatMap(({ item, index }) =>
      oddNameFaults(item, ["packages", index], onNixpkgs ? ATTRIBUTE_PATH : DEBIAN_NAME),
    ),
    ...(onNixpkgs ? mixedFaults(workspace) : []),
    ...repeatFaults(nixpkgs, "packages"),
    ...repeatFaults(nixpkgs, "unfree"),
    ...programFaults(nixpkgs),
  ];
}

const DEBIAN_NAME = {
  pattern: /^[a-z0-9][a-z0-9+.-]+$/,
  expected: "a Debian package name: lower-case letters, digits, `+`, `.` and `-`, at least two characters",
} as const;

const ATTRIBUTE_PATH = {
  pattern: /^[A-Za-z_][A-Za-z0-9_+-]*(\.[A-Za-z_][A-Za-z0-9_+-]*)*$/,
  expected: "an attribute path of nixpkgs: names with dots between them, as in `kdePackages.kate`",
} as const;

function oddNameFaults(
  name: string,
  steps: readonly Step[],
  { pattern, expected }: typeof DEBIAN_NAME | typeof ATTRIBUTE_PATH,
): Fault[] {
  if (pattern.test(name)) return [];
  if (pattern === DEBIAN_NAME.pattern && /^[^:]+:[a-z0-9]+$/.test(name)) {
    const message = `expected a package without an architecture, got ${showValue(name)}`;
    const fix = "Leave out what follows the colon: images have no packages of a second architecture.";
    return [{ path: showPath(steps), message, fix }];
  }
  const message = `expected ${expected}, got ${showValue(name)}`;
  return [{ path: showPath(steps), message, fix: `It must match ${pattern.source}` }];
}

/** Fields that have no effect where nixpkgs is the base. */
function mixedFaults({ base, privileged, languages, nixpkgs, vendor }: Lenient<Workspace>): Fault[] {
  const faults: Fault[] = [];
  if (base?.suite !== undefined) {
    const message = "is for Debian, but the base is nixpkgs";
    faults.push({ path: "base.suite", message, fix: "Remove it: flake.lock pins nixpkgs." });
  }
  if (privileged !== undefined) {
    const message = "is for programs of Debian's packages, but the base is nixpkgs";
    faults.push({ path: "privileged", message, fix: "Remove it." });
  }
  if (languages !== undefined) {
    const message = "is for Debian's packages, but the base is nixpkgs";
    faults.push({ path: "languages", message, fix: "Remove it: packages of nixpkgs have all translations." });
  }
  if (nixpkgs?.packages !== undefined) {
    const message = "is for a second image, but nixpkgs is the base already";
    faults.push({ path: "nixpkgs.packages", message, fix: "Name them in `packages`." });
  }
  if (Object.keys(vendor ?? {}).length > 0) {
    const message = "is software built for Debian's libraries, but the base is nixpkgs";
    faults.push({ path: "vendor", message, fix: "Name its package of nixpkgs in `packages`." });
  }
  return faults;
}

function repeatFaults(nixpkgs: Lenient<NixpkgsPart>, field: "packages" | "unfree"): Fault[] {
  const names = present(nixpkgs[field]);
  return names.flatMap(({ item, index }): Fault[] => {
    const first = names.find((other) => other.item === item);
    if (first === undefined || first.index === index) return [];
    const message = `"${item}" is already used by nixpkgs.${field}[${first.index}]`;
    return [{ path: showPath(["nixpkgs", field, index]), message, fix: "Remove one of the two." }];
  });
}

function programFaults({ programs }: Lenient<NixpkgsPart>): Fault[] {
  return Object.keys(programs ?? {}).flatMap((path): Fault[] => {
    const at = showPath(["nixpkgs", "programs", path]);
    if (/^(\/(?!\.{1,2}(\/|$))[^/\s]+){2,}$/.test(path))
      return [...reservedPathFaults(path, at), ...linkedFolderFaults(path, at)];
    const message = `expected a path below a folder of the image, without \`..\`, empty parts or blanks, got ${showValue(path)}`;
    return [{ path: at, message, fix: "Write it in full: /usr/bin/firefox-esr." }];
  });
}
