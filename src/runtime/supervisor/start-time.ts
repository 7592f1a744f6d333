import { readFileSync } from "node:fs";

/**
 * When a process began, in hundredths of a second since the machine's boot: with its id it tells the process from every
 * other. Undefined when there is none. Source: field 22 of /proc/pid/stat, proc_pid_stat(5).
 */
export function startTime(pid: number): string | undefined {
  try {
    // Behind the name, which may hold anything.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    return undefined;
  }
}
