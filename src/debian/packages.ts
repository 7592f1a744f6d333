import { corePackages } from "../model/core-packages.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import { suggest } from "../terminal/suggest.ts";
import type { Apt } from "./apt.ts";
import { type Elsewhere, findElsewhere } from "./elsewhere.ts";
import type { Lock, Locks } from "./format.ts";
import { lockCommand, lockPath } from "./read.ts";

/** The most providers of a virtual package in a message. */
const SHOWN = 12;

/**
 * The builders' tools besides Nix itself: a first shell, a C compiler, headers for the C programs of nix/, and GNU tar,
 * which sorts names.
 */
export const TOOL_PACKAGES: readonly string[] = [
  "busybox-static",
  "libc6-dev",
  "libjpeg62-turbo-dev",
  "libopus-dev",
  "libpulse-dev",
  "libtwolame-dev",
  "libx11-dev",
  "tar",
  "tcc",
];

/** Unused dependencies: libpulse-dev needs it, and it would add sixty more packages. */
export const UNUSED_TOOL_PACKAGES: readonly string[] = ["libglib2.0-dev"];

/** Throws E_MODEL where the locks do not fit the packages of Kasmix and the workspace. */
export function refuseStaleLocks(workspace: Workspace, locks: Locks): void {
  const { architecture } = locks.core;
  const faults = [
    difference(lockPath("tools", architecture), TOOL_PACKAGES, locks.tools),
    difference(lockPath("core", architecture), corePackages(architecture), locks.core),
    difference(lockPath(workspace.name, architecture), workspace.packages, locks.own),
  ].filter((fault) => fault !== undefined);
  if (faults.length === 0) return;
  throw new KasmixError("E_MODEL", `The locks of ${workspace.name} do not fit the packages that it names.`, {
    faults,
    fix: `Resolve the packages again: ${lockCommand(workspace.name, architecture)}`,
  });
}

/** A fault where a lock is for other packages than these. */
export function difference(path: string, wanted: readonly string[], lock: Lock): Fault | undefined {
  const added = wanted.filter((name) => !lock.requested.includes(name));
  const removed = lock.requested.filter((name) => !wanted.includes(name));
  if (added.length + removed.length === 0) return undefined;
  const parts = [
    added.length > 0 ? `it lacks ${added.join(", ")}` : "",
    removed.length > 0 ? `it still has ${removed.join(", ")}` : "",
  ];
  return { path, message: parts.filter((part) => part !== "").join("; ") };
}

/** Throws E_MODEL with a fault for every package of the workspace that an image cannot have. */
export async function refuseUnknownPackages(apt: Apt, workspace: Workspace, where: string): Promise<void> {
  const known = await packageNames(apt);
  const unknown = [...workspace.packages.entries()].filter(([, name]) => !known.has(name));
  if (unknown.length === 0) return;
  const elsewhere = await lookElsewhere(
    apt,
    unknown.map(([, name]) => name),
  );
  const faults = await Promise.all(
    unknown.map(async ([index, name]): Promise<Fault> => {
      const path = `packages[${index}]`;
      const reason = elsewhere.get(name);
      if (reason !== undefined) return { path, message: `${name} ${reason.message}`, fix: reason.fix };
      const providers = await providersOf(apt, name);
      if (providers.length === 0)
        return { path, message: `Debian has no package ${name}`, fix: nearest(name, known) };
      const fix = `Name one of these instead: ${providers.slice(0, SHOWN).join(", ")}.`;
      return { path, message: `${name} is not a package but something that packages provide`, fix };
    }),
  );
  const count = unknown.length === 1 ? "A package" : `${unknown.length} packages`;
  throw new KasmixError("E_MODEL", `${count} of ${where} cannot be installed.`, { faults });
}

/** A mirror may lack these areas: then nothing is known about them. */
async function lookElsewhere(apt: Apt, names: readonly string[]) {
  try {
    return await findElsewhere(apt.options, names);
  } catch (error) {
    if (error instanceof KasmixError && error.code === "E_FETCH") return new Map<string, Elsewhere>();
    throw error;
  }
}

async function packageNames(apt: Apt): Promise<Set<string>> {
  const { stdout } = await apt.run("apt-cache", ["pkgnames"]);
  return new Set(stdout.split("\n").filter((name) => name !== ""));
}

async function providersOf(apt: Apt, name: string): Promise<string[]> {
  const { stdout } = await apt.run("apt-cache", ["showpkg", name]);
  const [, list = ""] = stdout.split("\nReverse Provides:");
  const names = list.split("\n").map((line) => line.trim().split(" ")[0] ?? "");
  return [...new Set(names)].filter((each) => each !== "").sort();
}

function nearest(name: string, known: ReadonlySet<string>): string {
  const near = suggest(name, [...known]);
  return near === undefined
    ? "Correct the name; `apt-cache search` finds packages by what they do."
    : `Did you mean ${near}?`;
}
