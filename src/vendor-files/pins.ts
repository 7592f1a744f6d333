import { readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../files/replace.ts";
import type { Fault } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import { findLiterals, type Literal, replaceLiterals } from "./literals.ts";

/** The version and hash of a vendor's file in a workspace.ts. */
export interface Pin {
  /** Of the vendor package. */
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

const FIELDS = ["version", "sha256"] as const;

/** Faults by the name of the vendor package; packages without faults have no entry. */
export type FaultsByName = ReadonlyMap<string, readonly Fault[]>;

/** Faults of versions and hashes that cannot be rewritten, since they are not literals of the workspace.ts. */
export async function findFixedPins(root: string, workspace: Workspace): Promise<FaultsByName> {
  const source = await readFile(join(root, pathOf(workspace)), "utf8");
  return locate(source, workspace).faults;
}

/**
 * Writes these pins into the workspace's workspace.ts, atomically; nothing else in it changes. `workspace` is its old value.
 * Returns the faults of the pins that were not written.
 */
export async function writePins(
  root: string,
  workspace: Workspace,
  pins: readonly Pin[],
): Promise<FaultsByName> {
  if (pins.length === 0) return new Map();
  const file = await realpath(join(root, pathOf(workspace)));
  const source = await readFile(file, "utf8");
  const { faults, literals } = locate(source, workspace);
  const refused = new Map([...faults, ...sharedPins(workspace, pins, literals)]);
  const changes = new Map<number, Change>();
  for (const pin of pins) {
    for (const field of FIELDS) {
      const literal = literals.get(keyOf(pin.name, field));
      if (literal !== undefined && !refused.has(pin.name)) {
        changes.set(literal.start, { literal, value: pin[field] });
      }
    }
  }
  const text = replaceLiterals(source, [...changes.values()]);
  if (text !== source) await replaceFile(file, text, { mode: (await stat(file)).mode & 0o777 });
  return new Map([...refused].filter(([name]) => pins.some((pin) => pin.name === name)));
}

interface Change {
  readonly literal: Literal;
  readonly value: string;
}

/** Every pin's literals, and the faults of those that are not literals. */
function locate(source: string, workspace: Workspace) {
  const places = Object.keys(workspace.vendor ?? {}).flatMap((name) =>
    FIELDS.map((field) => ({ name, field, value: workspace.vendor?.[name]?.[field] })),
  );
  const shown = pathOf(workspace);
  const found = findLiterals(
    source,
    places.map(({ name, field }) => ["vendor", name, field]),
    shown,
  );
  const literals = new Map<string, Literal>();
  const faults = new Map<string, Fault[]>();
  for (const [index, { name, field, value }] of places.entries()) {
    const literal = found[index];
    if (literal === undefined) continue;
    if ("start" in literal && literal.value === value) literals.set(keyOf(name, field), literal);
    else {
      const fault = "start" in literal ? otherValue(`vendor.${name}.${field} (${shown})`) : literal;
      faults.set(name, [...(faults.get(name) ?? []), fault]);
    }
  }
  return { literals, faults };
}

/** Faults of pins that share a literal with another pin of another value. */
function sharedPins(
  workspace: Workspace,
  pins: readonly Pin[],
  literals: ReadonlyMap<string, Literal>,
): Map<string, Fault[]> {
  const faults = new Map<string, Fault[]>();
  for (const pin of pins) {
    for (const field of FIELDS) {
      const start = literals.get(keyOf(pin.name, field))?.start;
      const other = Object.entries(workspace.vendor ?? {}).find(([name, vendor]) => {
        const wanted = pins.find((each) => each.name === name)?.[field] ?? vendor[field];
        return (
          start !== undefined && literals.get(keyOf(name, field))?.start === start && wanted !== pin[field]
        );
      });
      if (other === undefined) continue;
      const path = `vendor.${pin.name}.${field} (${pathOf(workspace)})`;
      const message = `is the same literal as that of ${other[0]}, whose value differs`;
      faults.set(pin.name, [{ path, message, fix: "Write a literal for each." }]);
    }
  }
  return faults;
}

function otherValue(path: string): Fault {
  const message = "the literal does not have the workspace's value";
  return { path, message, fix: "If the file was just changed, run the command again." };
}

function pathOf({ name }: Workspace): string {
  return `workspaces/${name}/workspace.ts`;
}

function keyOf(name: string, field: string): string {
  return `${name} ${field}`;
}
