import { readFileSync } from "node:fs";

/**
 * When a process began, in hundredths of a second since boot; undefined when it does not exist. Process id and start time
 * together identify a process. Source: field 22 of /proc/pid/stat, proc_pid_stat(5).
 */
export function startTime(pid: number): string | undefined {
  try {
    // After the name, which may contain anything.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    return undefined;
  }
}
