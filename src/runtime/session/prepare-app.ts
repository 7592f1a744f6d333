import { lstatSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Preparation } from "../../model/types.ts";
import { startTime } from "../supervisor/start-time.ts";

/** Carries out the preparations of an app before its start; `locate` resolves paths like `~/x`. */
export function prepareApp(steps: readonly Preparation[], locate: (path: string) => string): void {
  for (const step of steps) {
    if ("mergeJson" in step) mergeJson(locate(step.mergeJson), step.fields);
    else unlockChromium(locate(step.unlockChromium));
  }
}

/**
 * Sets fields in a JSON file and keeps the others. A file without a JSON object is renamed to `<path>.broken`. A link is
 * followed, so that its target changes.
 */
function mergeJson(path: string, fields: Readonly<Record<string, unknown>>): void {
  const text = readTextIfThere(path);
  const present = parseObject(text);
  if (text !== "" && present === undefined) renameSync(path, `${path}.broken`);
  const missing = Object.entries(fields).some(([name, value]) => {
    return JSON.stringify(present?.[name]) !== JSON.stringify(value);
  });
  if (missing) writeAtomic(realPath(path), `${JSON.stringify({ ...present, ...fields }, null, 2)}\n`, 0o600);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const LOCKS = ["SingletonLock", "SingletonSocket", "SingletonCookie"];

/**
 * Removes the locks of a dead Chromium, or of an app built on it: its lock is a link to `<host>-<pid>`. Locks of a process
 * in this container stay. Another host is an earlier container, because only one at a time uses a home.
 */
function unlockChromium(profile: string): void {
  const lock = join(profile, "SingletonLock");
  const entry = lstatSync(lock, { throwIfNoEntry: false });
  if (entry?.isSymbolicLink()) {
    const [, host, pid] = /^(.*)-(\d+)$/.exec(readlinkSync(lock)) ?? [];
    const lives = couldHaveMade(Number(pid), entry.mtimeMs) || isListening(join(profile, "SingletonSocket"));
    if (host === hostname() && lives) return;
  }
  for (const name of LOCKS) rmSync(join(profile, name), { force: true });
}

/** Seconds by which the kernel may round times. */
const ROUNDING = 2;

/**
 * Whether a living process existed when something was made, `made` milliseconds after 1970. After a restart the pid often
 * belongs to another, later process.
 */
function couldHaveMade(pid: number, made: number): boolean {
  const ticks = startTime(pid);
  const boot = /^btime (\d+)$/m.exec(readTextIfThere("/proc/stat"))?.[1];
  if (ticks === undefined || boot === undefined) return false;
  return Number(boot) + Number(ticks) / 100 <= made / 1000 + ROUNDING;
}

/**
 * Whether a process listens on the socket that a link points to. When the clock was set forward, a living owner seems
 * younger than its lock.
 */
function isListening(link: string): boolean {
  const entry = lstatSync(link, { throwIfNoEntry: false });
  return (
    entry?.isSymbolicLink() === true && readTextIfThere("/proc/net/unix").includes(` ${readlinkSync(link)}\n`)
  );
}

function realPath(path: string): string {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  return entry?.isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : path;
}
