/** Milliseconds that anything in a real container or browser may take on a busy machine. */
export const PATIENCE = 60_000;

/**
 * Runs an assertion again and again until it passes, and gives its value; at the deadline the last failure is
 * thrown. The way tests wait: no fixed sleeps. `timeout` and `interval` are milliseconds.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeout = 30_000, interval = 25 }: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeout;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
