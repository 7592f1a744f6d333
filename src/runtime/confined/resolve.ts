import { constants, type Stats } from "node:fs";
import { type FileHandle, realpath } from "node:fs/promises";
import { descend, type Folder, isName, openFolder, unless, within } from "./folder.ts";

/** An open file or folder. */
export type Opened =
  | { readonly kind: "folder"; readonly folder: Folder }
  | { readonly kind: "file"; readonly file: FileHandle; readonly stats: Stats };

/**
 * Opens the file or directory at a path below the directory `root`. Links are resolved first and may only lead below
 * `root`; then the resolved path is opened without following links, so that a link swapped meanwhile fails. Undefined
 * when it does not exist, is elsewhere, or is neither file nor directory.
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

/** Opens a regular file for reading. Undefined for pipes, sockets and devices. */
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
