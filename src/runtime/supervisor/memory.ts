import { readdirSync, readFileSync } from "node:fs";

/**
 * Bytes that the processes of a session use: their proportional share where the kernel tells it, so that what they
 * have in common counts once, else what is resident. 0 when none lives.
 */
export function memoryOfSession(session: number): number {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => sessionOf(pid) === session)
    .reduce(
      (sum, pid) => sum + (field(`${pid}/smaps_rollup`, "Pss") ?? field(`${pid}/status`, "VmRSS") ?? 0),
      0,
    );
}

/** The session is the fourth field behind the program's name, which may hold spaces and brackets itself. */
function sessionOf(pid: string): number {
  const stat = read(`${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 4)[3]);
}

/** A line `Name:   123 kB` in bytes. */
function field(file: string, name: string): number | undefined {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(read(file))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function read(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return "";
  }
}
