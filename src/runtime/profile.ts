import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "./files.ts";

/** Where the home remembers which files of the profile it has been given, one path a line. */
export const SEEDED = ".config/kasmix/seeded";

/**
 * Gives a home the files of the image's default profile that it has never been given: nothing that exists is
 * overwritten, and what the user deleted does not come back, not even with a newer image. Killed at any
 * point it goes on at the next boot. Gives the number of files copied; throws what the file system says.
 */
export function seedHome(profile: string, home: string): number {
  const marker = join(home, SEEDED);
  const seeded = new Set(readLinesOf(marker));
  const fresh = listTree(profile).filter((path) => !seeded.has(path));
  if (fresh.length === 0) return 0;
  const copied = fresh.filter((path) => copyMissing(join(profile, path), join(home, path)));
  writeAtomic(marker, [...seeded, ...fresh].map((path) => `${path}\n`).join(""), 0o600);
  return copied.length;
}

function readLinesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** All paths below a directory, parents first; none when there is no such directory. */
function listTree(root: string): string[] {
  try {
    return (readdirSync(root, { recursive: true }) as string[]).sort();
  } catch {
    return [];
  }
}

/** Copies one entry unless something is there; true when it did. */
function copyMissing(from: string, to: string): boolean {
  if (lstatSync(to, { throwIfNoEntry: false })) return false;
  const entry = lstatSync(from);
  if (entry.isDirectory()) {
    mkdirSync(to, { mode: entry.mode & 0o777, recursive: true });
    return true;
  }
  const draft = `${to}.kasmix-seed`;
  rmSync(draft, { force: true });
  if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), draft);
  else if (entry.isFile()) copyFileSync(from, draft);
  else return false;
  renameSync(draft, to);
  return true;
}
