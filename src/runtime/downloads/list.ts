import type { Stats } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { type Folder, isName, unless } from "../confined/folder.ts";
import { isBelow } from "../confined/resolve.ts";

/** Entries that are listed at most. */
const MOST_ENTRIES = 10_000;

/** An entry of a folder, for the panel. */
export interface Listed {
  readonly name: string;
  readonly type: "folder" | "file" | "other";
  /** Bytes; 0 for a folder. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Lists an open folder; `more` is true when entries were left out. Links out of `root` are listed by name only. */
export async function listFolder(
  folder: Folder,
  root: string,
): Promise<{ entries: readonly Listed[]; more: boolean }> {
  const names = (await readdir(folder.path)).filter(isName).sort();
  const top = await realpath(root);
  const entries: Listed[] = [];
  for (const name of names.slice(0, MOST_ENTRIES)) {
    const entry = await lookAt(folder, name, top);
    if (entry) entries.push(toListed(name, entry));
  }
  return { entries, more: names.length > MOST_ENTRIES };
}

/** Stats of an entry, or of the target of a link; undefined if it is gone or its name is not valid UTF-8. */
async function lookAt(folder: Folder, name: string, top: string): Promise<Stats | undefined> {
  const entry = await lstat(folder.at(name)).catch(unless("ENOENT", "EACCES"));
  if (!entry?.isSymbolicLink()) return entry;
  const real = await realpath(folder.at(name)).catch(() => "");
  return (isBelow(real, top) ? await lstat(real).catch(() => undefined) : undefined) ?? entry;
}

function toListed(name: string, entry: Stats): Listed {
  const type = entry.isDirectory() ? "folder" : entry.isFile() ? "file" : "other";
  return { name, type, size: entry.isFile() ? entry.size : 0, modified: Math.round(entry.mtimeMs) };
}
