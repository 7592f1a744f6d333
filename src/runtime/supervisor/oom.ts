import { readlinkSync, writeFileSync } from "node:fs";
import { readTextIfThere } from "../../files/read-text-if-there.ts";

/**
 * Whom the kernel kills first when memory runs out: the highest of these, where 1000 is as much as all memory. The
 * entrypoint has 0, and without rights a process can only raise its own. The differences are large enough to count in
 * a container of 320 MiB, where 100 weigh as much as 32 MiB.
 */
export const OOM_SCORES = { server: 250, desktop: 400, service: 500, app: 600 } as const;

/** The score of a service's processes. */
export interface OomClass {
  readonly score: number;
  /** Names of its own programs, as the kernel has them; all others of its session are apps. @default all are its own */
  readonly programs?: ReadonlySet<string>;
}

/** Sets the score of a new process; its children inherit it. Does nothing when it has ended or /proc may not be written. */
export function setOomScore(pid: number, score: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(score));
  } catch {
    // It has already ended, or /proc may not be written.
  }
}

/**
 * Raises the scores of apps that started with a lower one: those that people start from the panel have the panel's, and
 * those of `docker exec` have the entrypoint's. `services` has the class of each service by its session, which is its
 * process id. Of `pids` those are left that this process has started for itself, or that see other mounts.
 */
export function raiseOomScores(pids: readonly string[], services: ReadonlyMap<number, OomClass>): void {
  const own = sessionOf(readTextIfThere("/proc/self/stat"));
  const here = mountsOf("self");
  for (const pid of pids) {
    const score = Number.parseInt(readTextIfThere(`/proc/${pid}/oom_score_adj`), 10);
    if (!(score < OOM_SCORES.app)) continue;
    const stat = readTextIfThere(`/proc/${pid}/stat`);
    const session = sessionOf(stat);
    if (session === own || mountsOf(pid) !== here) continue;
    const wanted = wantedScore(services.get(session), nameIn(stat));
    if (score < wanted)
      setOomScore(Number(pid), INHERITED.has(score) ? wanted : Math.min(wanted + score, MOST));
  }
}

/** How often the kernel has killed in this container because memory ran out; 0 where that is not to be read. */
export function countOomKills(): number {
  const text = KILL_COUNTERS.map(readTextIfThere).join("");
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Of either version of control groups. */
const KILL_COUNTERS = ["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"] as const;

const MOST = 1_000;
/** Any other score has been chosen by the program itself: Chromium gives its pages 300 more than the rest of it. */
const INHERITED: ReadonlySet<number> = new Set([0, ...Object.values(OOM_SCORES)]);

function wantedScore(service: OomClass | undefined, name: string): number {
  if (service === undefined || service.programs?.has(name) === false) return OOM_SCORES.app;
  return service.score;
}

/** The fourth field after the program's name, which may contain spaces and brackets itself. */
function sessionOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 4)[3]);
}

function nameIn(stat: string): string {
  return stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
}

/** Identifies the mounts that a process sees: those of its container. Undefined for a process of somebody else. */
function mountsOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
