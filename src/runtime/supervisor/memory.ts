import { readdirSync } from "node:fs";
import { readTextIfThere } from "../../files/read-text-if-there.ts";

/**
 * Bytes that the processes of each session use: the proportional share (PSS) where the kernel reports it, so that shared
 * memory counts once, else the resident size. Sessions without processes are left out.
 */
export function memoryOfSessions(sessions: ReadonlySet<number>): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const pid of readdirSync("/proc")) {
    const session = /^\d+$/.test(pid) ? sessionOf(pid) : undefined;
    if (session === undefined || !sessions.has(session)) continue;
    const bytes = field(`${pid}/smaps_rollup`, "Pss") ?? field(`${pid}/status`, "VmRSS") ?? 0;
    sums.set(session, (sums.get(session) ?? 0) + bytes);
  }
  return sums;
}

/** The session is the fourth field after the program's name, which may contain spaces and brackets itself. */
function sessionOf(pid: string): number {
  const stat = readTextIfThere(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 4)[3]);
}

/** A line `Name:   123 kB` in bytes. */
function field(file: string, name: string): number | undefined {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readTextIfThere(`/proc/${file}`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
