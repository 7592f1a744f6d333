import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

ignoreClosedPipe();
const { stdout, stderr } = process;
// In the builder, stderr leads to a terminal of this many columns, or to none.
const columns = Number(process.env.KASMIX_INSIDE ?? 0);
if (columns > 0) Object.assign(stderr, { isTTY: true, columns });
process.exitCode = await run(process.argv.slice(2), { root: ROOT, stdout, stderr, signal: interruptible() });

/** The first signal aborts, so that everything ends by itself; the second ends the process at once. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * `kasmix … | head` closes stdout early, which is no error. When nobody reads stderr, the work continues: a container
 * may be half replaced.
 */
function ignoreClosedPipe(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}
