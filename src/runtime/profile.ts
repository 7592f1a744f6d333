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
import { reasonOf } from "./attempt.ts";
import { writeAtomic } from "./files.ts";

/** Where the home remembers which files of the profile it has been given, one path a line. */
export const SEEDED = ".config/kasmix/seeded";

/** What became of a seeding. */
export interface Seeding {
  /** Number of files that the home has been given. */
  readonly copied: number;
  /** What could not be given, each with the reason: tried again at the next start. */
  readonly failed: readonly string[];
}

/**
 * Gives a home the files of the image's default profile that it has never been given: nothing that exists is
 * overwritten, and what the user deleted does not come back, not even with a newer image. Killed at any
 * point it goes on at the next boot. Throws when not even that can be remembered.
 */
export function seedHome(profile: string, home: string): Seeding {
  const marker = join(home, SEEDED);
  const seeded = new Set(readLinesOf(marker));
  const fresh = listTree(profile).filter((path) => !seeded.has(path));
  const failed: string[] = [];
  let copied = 0;
  for (const path of fresh) {
    try {
      copied += Number(copyMissing(join(profile, path), join(home, path)));
      seeded.add(path);
    } catch (error) {
      failed.push(`${path}: ${reasonOf(error)}`);
    }
  }
  if (failed.length < fresh.length) {
    writeAtomic(marker, [...seeded].map((path) => `${path}\n`).join(""), 0o600);
  }
  return { copied, failed };
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
