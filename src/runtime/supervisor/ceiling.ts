import { setPriority } from "node:os";
import { memoryOfSessions } from "./memory.ts";
import type { Launched } from "./process.ts";

/** Milliseconds between two looks at a service's memory: no event tells that it grows. */
const INTERVAL = 5_000;

interface Ceilings {
  readonly memoryLimit?: number;
  readonly niceness?: number;
}

/**
 * Holds a new process to its ceilings: sets its niceness, and calls `onOutgrown` once when its session uses more
 * memory than `memoryLimit` bytes. Gives a function that ends the watch. Without ceilings it does nothing.
 */
export function watchCeiling(
  { memoryLimit, niceness = 0 }: Ceilings,
  { pid }: Pick<Launched, "pid">,
  onOutgrown: () => void,
  interval = INTERVAL,
): () => void {
  if (pid === undefined) return () => {};
  if (niceness > 0) standBack(pid, niceness);
  if (memoryLimit === undefined) return () => {};
  const timer = setInterval(() => {
    const used = memoryOfSessions(new Set([pid])).get(pid) ?? 0;
    if (used <= memoryLimit) return;
    clearInterval(timer);
    onOutgrown();
  }, interval);
  return () => clearInterval(timer);
}

function standBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already.
  }
}
