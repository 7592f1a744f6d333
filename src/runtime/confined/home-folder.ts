import { lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/**
 * Makes a standard folder of the home, such as ~/Uploads, with a link on the desktop. When the folder exists, the user has
 * removed a missing link. Returns the folder's path; failures are logged.
 */
export function makeHomeFolder(home: string, name: string, log: Log): string {
  const path = join(home, name);
  const advice = `Make ~/${name} a directory that this user may write to, not a link.`;
  attempt(log, { event: "folder.failed", advice }, () => make(home, path, name));
  return path;
}

function make(home: string, path: string, name: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry?.isDirectory()) return;
  if (entry) throw new Error(`${path} is not a directory`);
  mkdirSync(path, { mode: 0o755 });
  const link = join(home, "Desktop", name);
  if (lstatSync(link, { throwIfNoEntry: false })) return;
  mkdirSync(join(home, "Desktop"), { recursive: true, mode: 0o755 });
  symlinkSync(path, link);
}
