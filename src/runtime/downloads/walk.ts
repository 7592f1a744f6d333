import { readdir } from "node:fs/promises";
import type { Folder, Name } from "../confined/folder.ts";
import { type Opened, openFile } from "../confined/resolve.ts";

/** Nesting depth of folders; deeper ones are left out. */
const DEEPEST = 200;

/** An entry of a tree. The receiver closes the open file. */
export type Entry =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly opened: Opened & { kind: "file" } }
  | { readonly kind: "left-out"; readonly path: string; readonly reason: string };

/** Everything below an open folder, sorted by name, without following links. Paths begin with `prefix`. */
export async function* walk(folder: Folder, prefix: string, depth = 0): AsyncGenerator<Entry> {
  const entries = await readdir(folder.path, { withFileTypes: true, encoding: "buffer" });
  entries.sort((a, b) => Buffer.compare(a.name, b.name));
  if (entries.length === 0) yield { kind: "folder", path: prefix };
  for (const entry of entries) {
    const path = `${prefix}/${entry.name.toString("utf8")}`;
    if (entry.isSymbolicLink()) yield { kind: "left-out", path, reason: "a link" };
    else if (entry.isDirectory()) yield* enter(folder, entry.name, path, depth + 1);
    else yield await openEntry(folder, entry.name, path);
  }
}

async function* enter(upper: Folder, name: Name, path: string, depth: number): AsyncGenerator<Entry> {
  if (depth > DEEPEST) return yield { kind: "left-out", path, reason: "too many nested folders" };
  const failure: { code?: string } = {};
  const folder = await upper.enter(name).catch((error) => void Object.assign(failure, { code: error.code }));
  if (!folder) return yield { kind: "left-out", path, reason: reasonOf(failure.code) };
  try {
    yield* walk(folder, path, depth);
  } finally {
    await folder.close();
  }
}

async function openEntry(folder: Folder, name: Name, path: string): Promise<Entry> {
  try {
    const opened = await openFile(folder, name);
    return opened
      ? { kind: "file", path, opened }
      : { kind: "left-out", path, reason: "neither a file nor a folder" };
  } catch (error) {
    return { kind: "left-out", path, reason: reasonOf((error as NodeJS.ErrnoException).code) };
  }
}

function reasonOf(code = "unknown"): string {
  return REASONS[code] ?? `cannot be read (${code})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "removed meanwhile",
  EACCES: "no permission to read it",
  ENXIO: "neither a file nor a folder",
  ELOOP: "a link",
  ENOTDIR: "changed meanwhile",
};
