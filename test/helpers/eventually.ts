import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds that anything in a real container or browser may take on a busy machine. */
export const PATIENCE = 60_000;
/** Milliseconds that a costly assertion is spared at a time. */
const RESPITE = 250;

/**
 * Runs an assertion again and again until it passes, and returns its value; at the deadline it throws the last failure.
 * This is how tests wait: no fixed sleeps. `timeout` and `interval` are milliseconds.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeout = PATIENCE, interval = 25 }: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const begin = performance.now();
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    // An assertion that runs a program takes a fifth of the time, on a busy machine half: what it waits for needs the
    // processor too.
    const cost = performance.now() - begin;
    await delay(Math.max(interval, cost, Math.min(4 * cost, RESPITE)));
  }
}
