import type { Stats } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { type Folder, isName, unless } from "../confined/folder.ts";

/** An entry of ~/Downloads in the format of KasmVNC's /api/downloads: times in seconds, permissions in octal. */
export interface KasmListed {
  readonly filename: string;
  readonly date_modified: number;
  readonly date_created: number;
  readonly is_dir: boolean;
  readonly size: number;
  readonly owner: string;
  readonly group: string;
  readonly perms: string;
}

/** Lists an open folder in KasmVNC's format. */
export async function listLikeKasm(folder: Folder): Promise<{ files: readonly KasmListed[] }> {
  const [users, groups] = await Promise.all([readNames("/etc/passwd"), readNames("/etc/group")]);
  const files: KasmListed[] = [];
  for (const filename of (await readdir(folder.path)).filter(isName).sort()) {
    const entry = await lstat(folder.at(filename)).catch(unless("ENOENT"));
    if (entry) files.push(toListed(filename, entry, users, groups));
  }
  return { files };
}

type Names = ReadonlyMap<number, string>;

function toListed(filename: string, entry: Stats, users: Names, groups: Names): KasmListed {
  const isFolder = entry.isDirectory();
  return {
    filename,
    date_modified: Math.floor(entry.mtimeMs / 1000),
    date_created: Math.floor(entry.ctimeMs / 1000),
    is_dir: isFolder,
    size: isFolder ? 0 : entry.size,
    owner: users.get(entry.uid) ?? `(unknown uid ${entry.uid})`,
    group: groups.get(entry.gid) ?? `(unknown gid ${entry.gid})`,
    perms: (entry.mode & 0o777).toString(8).padStart(3, "0"),
  };
}

/** The names in a file such as /etc/passwd, by id. */
async function readNames(path: string): Promise<Names> {
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").flatMap((line) => (line ? [line.split(":")] : []));
  return new Map(lines.map(([name = "", , id = ""]) => [Number(id), name]));
}
