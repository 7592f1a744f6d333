import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { HIGH_WATER, type Visitor } from "../gateway/visitors.ts";
import { nameOf } from "./clients.ts";

/** How well something keeps up, now and on average: 10 is without any constraint, 0 is not at all. */
export type Grade = readonly [now: number, average: number];

/**
 * /api/get_bottleneck_stats: for each user and each connection of theirs `[CPU, CPU average, network, network average]`,
 * in KasmVNC's form and from 0 to 10 (its developer documentation). The network is judged by what a visitor has not
 * taken yet, and by how long the display server had to wait for that since they came. `now` in milliseconds.
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

/** Where the kernel tells for what share of the time something waited for a CPU: in this container, on the host. */
const PRESSURES = ["/sys/fs/cgroup/cpu.pressure", "/proc/pressure/cpu"];

/** How the CPU keeps up: over 10 seconds and over a minute. Without the kernel's help the host's load is taken. */
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

/** One place behind the point. `lack` is 0 to 1. */
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
