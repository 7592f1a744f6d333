import { lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/**
 * Makes a folder of the home that everybody knows, such as ~/Uploads, with a link on the desktop. Where the folder is
 * there, a missing link is the user's wish. Gives the folder's path; what cannot be made is logged.
 */
export function makeHomeFolder(home: string, name: string, log: Log): string {
  const path = join(home, name);
  const advice = `~/${name} must be a directory that this user may write, not a link.`;
  attempt(log, { event: "folder.failed", advice }, () => make(home, path, name));
  return path;
}

function make(home: string, path: string, name: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return;
  if (entry) throw new Error(`${path} is no directory`);
  mkdirSync(path, { mode: 0o755 });
  const link = join(home, "Desktop", name);
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(join(home, "Desktop"), { recursive: true, mode: 0o755 });
  symlinkSync(path, link);
}
