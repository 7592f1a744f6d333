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
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import { writeAtomic } from "../../files/write-atomic.ts";
import { reasonOf } from "../log/attempt.ts";

/** Records which files the home was given: a fingerprint, two spaces and the path on each line. */
const SEEDED = ".config/kasmix/seeded";

/** The result of seeding a home. */
export interface Seeding {
  /** Number of files that were copied or updated. */
  readonly copied: number;
  /** Files that could not be copied, with the reason. They are tried again at the next start. */
  readonly failed: readonly string[];
}

/**
 * Copies files of the image's default profile into a home: those that it was never given, and those that a newer image has
 * changed while the home's are unchanged. Files that the user made or changed are never overwritten, and deleted ones do
 * not come back. When it is killed it continues at the next boot. Throws when the record cannot be written.
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
  const lines = readTextIfThere(path)
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, print = "", name = line] = /^(\S+) {2}(.+)$/.exec(line) ?? [];
      return [name, print] as const;
    });
  return new Map(lines);
}

/** All paths below a directory, parents first, without following links. Empty when the directory does not exist. */
function listTree(root: string): string[] {
  try {
    // Without file types Node would follow links to folders.
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    return entries.map(({ parentPath, name }) => relative(root, join(parentPath, name))).sort();
  } catch {
    return [];
  }
}

/** A fingerprint of an entry, the same for equal ones. Undefined when there is none, or one of another kind. */
function fingerprint(path: string): string | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return "directory";
  if (entry?.isSymbolicLink()) return `link:${digest(readlinkSync(path))}`;
  return entry?.isFile() ? digest(readFileSync(path)) : undefined;
}

function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("base64url");
}

/** Copies one entry if nothing is there, or the unchanged entry that was given `before`. Returns whether it did. */
function give(from: string, to: string, before: string | undefined): boolean {
  const present = lstatSync(to, { throwIfNoEntry: false });
  const untouched = present !== undefined && before === fingerprint(to);
  // An entry that was given once and is gone was deleted by the user.
  const wanted = before === undefined ? present === undefined : untouched;
  const entry = lstatSync(from);
  // A folder that is a file in the newer image may contain files of the user.
  if (!wanted || (present?.isDirectory() && !entry.isDirectory())) return false;
  if (entry.isDirectory()) {
    if (present !== undefined) rmSync(to);
    mkdirSync(to, { mode: entry.mode & 0o777, recursive: true });
    return true;
  }
  const draft = `${to}.kasmix-seed`;
  // The user may have deleted the folder.
  mkdirSync(dirname(to), { recursive: true });
  rmSync(draft, { force: true });
  if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), draft);
  else copyFileSync(from, draft);
  renameSync(draft, to);
  return true;
}
