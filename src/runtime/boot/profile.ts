import { createHash } from "node:crypto";
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
import { dirname, join, relative } from "node:path";
import { writeAtomic } from "../../files/write-atomic.ts";
import { reasonOf } from "../log/attempt.ts";

/** Where the home remembers what it has been given: a fingerprint, two spaces and the path on each line. */
export const SEEDED = ".config/kasmix/seeded";

/** What became of a seeding. */
export interface Seeding {
  /** Number of files that the home has been given, or that were brought up to date. */
  readonly copied: number;
  /** What could not be given, each with the reason: tried again at the next start. */
  readonly failed: readonly string[];
}

/**
 * Gives a home the files of the image's default profile that it has never been given, and those that a newer image
 * has changed where the home's are still as they were given. What the user made or changed is never overwritten, and
 * what he deleted does not come back. Killed at any point it goes on at the next boot. Throws when not even what has
 * been given can be remembered.
 */
export function seedHome(profile: string, home: string): Seeding {
  const marker = join(home, SEEDED);
  const given = readMarker(marker);
  const failed: string[] = [];
  let copied = 0;
  let changed = false;
  for (const path of listTree(profile)) {
    const current = fingerprint(join(profile, path));
    const before = given.get(path);
    if (current === undefined || before === current) continue;
    try {
      copied += Number(give(join(profile, path), join(home, path), before));
      given.set(path, current);
      changed = true;
    } catch (error) {
      failed.push(`${path}: ${reasonOf(error)}`);
    }
  }
  if (changed) writeAtomic(marker, [...given].map(([path, print]) => `${print}  ${path}\n`).join(""), 0o600);
  return { copied, failed };
}

function readMarker(path: string): Map<string, string> {
  const lines = readLinesOf(path).map((line) => {
    const [, print = "", name = line] = /^(\S+) {2}(.+)$/.exec(line) ?? [];
    return [name, print] as const;
  });
  return new Map(lines);
}

function readLinesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** All paths below a directory, parents first, and nothing behind links; none when there is no such directory. */
function listTree(root: string): string[] {
  try {
    // Asked for names alone, Node would go through links to folders.
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    return entries.map(({ parentPath, name }) => relative(root, join(parentPath, name))).sort();
  } catch {
    return [];
  }
}

/** What an entry is, in a word: equal ones have equal words. Undefined when there is none, or one of another kind. */
function fingerprint(path: string): string | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return "directory";
  if (entry?.isSymbolicLink()) return `link:${digest(readlinkSync(path))}`;
  return entry?.isFile() ? digest(readFileSync(path)) : undefined;
}

function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("base64url");
}

/** Puts one entry in its place if nothing is there, or what was given `before`; true when it did. */
function give(from: string, to: string, before: string | undefined): boolean {
  const present = lstatSync(to, { throwIfNoEntry: false });
  const untouched = present !== undefined && before === fingerprint(to);
  // Given once and gone now: the user has deleted it.
  const wanted = before === undefined ? present === undefined : untouched;
  const entry = lstatSync(from);
  // In a folder that has become a file in the image there may be things of the user's.
  if (!wanted || (present?.isDirectory() && !entry.isDirectory())) return false;
  if (entry.isDirectory()) {
    if (present !== undefined) rmSync(to);
    mkdirSync(to, { mode: entry.mode & 0o777, recursive: true });
    return true;
  }
  const draft = `${to}.kasmix-seed`;
  // The user may have deleted the folder before the image put this into it.
  mkdirSync(dirname(to), { recursive: true });
  rmSync(draft, { force: true });
  if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), draft);
  else copyFileSync(from, draft);
  renameSync(draft, to);
  return true;
}
