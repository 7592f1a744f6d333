import { type Atoms, type ClipboardType, TYPES } from "./atoms.ts";
import { ClipboardRefusal } from "./take.ts";

/** The X targets to ask for, the best first. */
const WANTED: Readonly<Record<ClipboardType, readonly (keyof Atoms)[]>> = {
  "image/png": ["image/png"],
  "text/html": ["text/html"],
  "text/plain": ["UTF8_STRING", "text/plain;charset=utf-8", "STRING"],
};

/** The types among the targets that a program offers. */
export function typesIn(atoms: Atoms, targets: Buffer | undefined): ClipboardType[] {
  return TYPES.filter((type) => choose(atoms, targets, type) !== undefined);
}

/** The best offered target for a type; undefined without one. `targets` is a program's answer to TARGETS. */
export function choose(
  atoms: Atoms,
  targets: Buffer = Buffer.alloc(0),
  type: ClipboardType,
): keyof Atoms | undefined {
  const offered = new Set<number>();
  for (let at = 0; at + 4 <= targets.length; at += 4) offered.add(targets.readUInt32LE(at));
  return WANTED[type].find((name) => offered.has(atoms[name]));
}

/** The UTF-8 of a STRING, which is Latin-1. Throws ClipboardRefusal when that is longer than `limit` bytes. */
export function readText(data: Buffer, limit: number): Buffer {
  const text = Buffer.from(data.toString("latin1"));
  if (text.length > limit) throw new ClipboardRefusal("too long");
  return text;
}
