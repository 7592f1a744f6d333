import { constants } from "node:fs";
import { link, rename, unlink } from "node:fs/promises";
import { descend, type Folder, unless, within } from "../confined/folder.ts";
import { candidates } from "./names.ts";
import { Refused } from "./refusal.ts";

/**
 * Moves a complete file to its place below `root` in one step. Never replaces anything: when a name is in use, also by
 * a link, the file or folder gets a number. Returns the final names.
 */
export async function place(
  root: Folder,
  names: readonly string[],
  from: Buffer,
): Promise<readonly string[]> {
  const name = names.at(-1) ?? "";
  const { folder, path } = await makeFolders(root, names.slice(0, -1));
  try {
    for (const candidate of candidates(name)) {
      if (await moveTo(folder, candidate, from)) return [...path, candidate];
    }
    throw tooManyAlike(name);
  } finally {
    await folder.close();
  }
}

/** Moves a file into a folder; false when the name is in use. */
export async function moveTo(folder: Folder, name: string, from: Buffer): Promise<boolean> {
  const to = folder.at(name);
  try {
    // Unlike rename(2) this never replaces a file.
    await link(from, to);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!NO_LINKS.includes(code)) throw error;
    return renameTo(folder, name, from);
  }
  await unlink(from).catch(unless("ENOENT"));
  return true;
}

const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** For file systems without hard links: an empty file reserves the name first. */
async function renameTo(folder: Folder, name: string, from: Buffer): Promise<boolean> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const reserved = await folder.open(name, flags).catch(unless("EEXIST"));
  if (!reserved) return false;
  await reserved.close();
  await rename(from, folder.at(name));
  return true;
}

async function makeFolders(root: Folder, names: readonly string[]) {
  let folder = await descend(root, []);
  const path: string[] = [];
  for (const name of names) {
    const made = await within(Promise.resolve(folder), (upper) => makeFolder(upper, name));
    folder = made.folder;
    path.push(made.name);
  }
  return { folder, path };
}

/** Opens or creates a folder of that name, or with a number when something else has the name. */
async function makeFolder(upper: Folder, name: string): Promise<{ folder: Folder; name: string }> {
  for (const candidate of candidates(name)) {
    const folder = await upper.enterOrMake(candidate).catch(unless("ENOTDIR", "ELOOP"));
    if (folder) return { folder, name: candidate };
  }
  throw tooManyAlike(name);
}

function tooManyAlike(name: string): Refused {
  return new Refused(409, `there are too many files named ${JSON.stringify(name)}`);
}
