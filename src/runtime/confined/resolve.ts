import { constants, type Stats } from "node:fs";
import { type FileHandle, realpath } from "node:fs/promises";
import { descend, type Folder, isName, openFolder, unless, within } from "./folder.ts";

/** What a path below a folder leads to, open. */
export type Opened =
  | { readonly kind: "folder"; readonly folder: Folder }
  | { readonly kind: "file"; readonly file: FileHandle; readonly stats: Stats };

/**
 * Opens what lies at a path below `root`, a directory. Links are followed as long as they stay below it; the way that
 * they lead is then gone without any, so that one that is swapped meanwhile leads nowhere. Undefined for what does not
 * exist, lies elsewhere or is neither file nor directory.
 */
export async function openBelow(root: string, path: string): Promise<Opened | undefined> {
  const names = path.split("/").filter((name) => name !== "");
  if (!names.every(isName)) return undefined;
  const top = await realpath(root);
  const real = await realpath([top, ...names].join("/")).catch(unless(...NOTHING));
  if (real === undefined || !isBelow(real, top)) return undefined;
  const way = real.slice(top.length).split("/").filter(Boolean);
  return within(openFolder(top), (folder) => openEntry(folder, way)).catch(unless(...NOTHING));
}

/** Whether a path without links is this directory or lies below it. */
export function isBelow(real: string, top: string): boolean {
  return real === top || real.startsWith(top === "/" ? top : `${top}/`);
}

const NOTHING = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EACCES", "EPERM", "ENXIO", "EINVAL"];

async function openEntry(root: Folder, way: readonly string[]): Promise<Opened | undefined> {
  const name = way.at(-1);
  if (name === undefined) return { kind: "folder", folder: await descend(root, []) };
  return within(descend(root, way.slice(0, -1)), async (parent) => {
    const folder = await parent.enter(name).catch(unless("ENOTDIR"));
    return folder ? { kind: "folder", folder } : openFile(parent, name);
  });
}

/** Opens a regular file to read from. Undefined for pipes, sockets and devices. */
export async function openFile(
  folder: Folder,
  name: string | Buffer,
): Promise<(Opened & { kind: "file" }) | undefined> {
  const file = await folder.open(name, constants.O_RDONLY);
  try {
    const stats = await file.stat();
    if (stats.isFile()) return { kind: "file", file, stats };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}
