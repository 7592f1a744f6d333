import type { Log } from "../log/log.ts";

/** Logs uncaught errors instead of exiting: a fault in one connection or file must not end the desktop. */
export function surviveFaults(log: Log): void {
  const report = (event: string) => (error: unknown) => {
    log.error({ event, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  process.on("uncaughtException", report("fault.exception"));
  process.on("unhandledRejection", report("fault.rejection"));
}

/** Keeps the container running after a fault at boot, so that `docker exec` can enter it to find the cause. */
export function stayUp(error: unknown): void {
  const message = error instanceof Error ? error.stack : String(error);
  process.stdout.write(`${JSON.stringify({ level: "error", event: "boot.failed", message })}\n`);
  setInterval(() => {}, 2 ** 30);
}
