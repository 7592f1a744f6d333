import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { HIGH_WATER, type Visitor } from "../gateway/visitors.ts";
import { nameOf } from "./clients.ts";

/** How well something keeps up, from 0 to 10 (no constraint), now and on average. */
export type Grade = readonly [now: number, average: number];

/**
 * /api/get_bottleneck_stats: `[CPU, CPU average, network, network average]` for each connection of each user, in
 * KasmVNC's format and from 0 to 10 (its developer documentation). The network is graded by the unsent bytes of a
 * visitor, and by how long the display server has had to wait for the visitor. `now` in milliseconds.
 */
export function renderBottlenecks(visitors: readonly Visitor[], cpu: Grade, now = Date.now()): string {
  const users: Record<string, Record<string, readonly number[]>> = {};
  for (const visitor of visitors) {
    const present = Math.max(1, now - Date.parse(visitor.since));
    const network = [grade(visitor.waiting / HIGH_WATER), grade(visitor.held / present)];
    users[visitor.user] = { ...users[visitor.user], [nameOf(visitor)]: [...cpu, ...network] };
  }
  return JSON.stringify(users, undefined, 4);
}

/** The kernel's pressure stall information on the CPU: of this container, of the host. */
const PRESSURES = ["/sys/fs/cgroup/cpu.pressure", "/proc/pressure/cpu"];

/**
 * Grades the CPU over 10 seconds and over a minute, or by the host's load where the kernel has no pressure information.
 */
export function gradeCpu(pressures: readonly string[] = PRESSURES): Grade {
  for (const path of pressures) {
    const [, short, long] = /^some avg10=([\d.]+) avg60=([\d.]+)/.exec(readText(path)) ?? [];
    if (short !== undefined && long !== undefined)
      return [grade(Number(short) / 100), grade(Number(long) / 100)];
  }
  const [minute = 0, minutes = 0] = loadavg();
  const cores = availableParallelism();
  return [grade(1 - cores / Math.max(minute, cores)), grade(1 - cores / Math.max(minutes, cores))];
}

/** With one decimal. `lack` is from 0 to 1. */
function grade(lack: number): number {
  return Math.round(100 * (1 - Math.min(1, Math.max(0, lack)))) / 10;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
