import { setPriority } from "node:os";
import { memoryOfSessions } from "./memory.ts";
import type { Launched } from "./process.ts";

interface Ceilings {
  readonly memoryLimit?: number;
  readonly niceness?: number;
}

/**
 * Applies a new process's ceilings: sets its niceness, and calls `onOutgrown` once when its session uses more than
 * `memoryLimit` bytes, which is read every `interval` milliseconds. Returns a function that ends the watch.
 */
export function watchCeiling(
  { memoryLimit, niceness = 0 }: Ceilings,
  { pid }: Pick<Launched, "pid">,
  interval: number,
  onOutgrown: () => void,
): () => void {
  if (pid === undefined) return () => {};
  if (niceness > 0) renice(pid, niceness);
  if (memoryLimit === undefined) return () => {};
  const timer = setInterval(() => {
    const used = memoryOfSessions(new Set([pid])).get(pid) ?? 0;
    if (used <= memoryLimit) return;
    clearInterval(timer);
    onOutgrown();
  }, interval);
  return () => clearInterval(timer);
}

function renice(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has already ended.
  }
}
