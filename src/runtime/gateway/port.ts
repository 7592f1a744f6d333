import type { Server } from "node:net";
import type { Log } from "../log.ts";

const DEFAULT_PORT = 6901;
const RETRY = 1_000;
const REMINDER = 60_000;

/** The port that NO_VNC_PORT asks for. What is no port is logged, and 6901 is taken. @default 6901 */
export function wantedPort({ NO_VNC_PORT }: NodeJS.ProcessEnv, log: Log): number {
  if (!NO_VNC_PORT) return DEFAULT_PORT;
  const port = Number(NO_VNC_PORT);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  log.error({
    event: "gateway.port",
    port: NO_VNC_PORT,
    message: `NO_VNC_PORT is no port: set a number from 1 to 65535. ${DEFAULT_PORT} is taken.`,
  });
  return DEFAULT_PORT;
}

export interface ListenOptions {
  readonly port: number;
  readonly log: Log;
  /** Milliseconds until a port that cannot be had is tried again. @default 1000 */
  readonly retry?: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Listens on a port, and goes on trying while it cannot be had: no event tells that it is free again. The log says
 * what to do, for each kind of error at once and then once a minute. Gives a function that ends all that.
 */
export function keepListening(
  server: Server,
  { port, log, retry = RETRY, now = () => performance.now() }: ListenOptions,
): () => void {
  const isDue = everyMinute(now);
  let timer: NodeJS.Timeout | undefined;
  const attempt = () => server.listen({ port });
  server.on("listening", () => log.info({ event: "gateway.listening", port }));
  server.on("error", (error: NodeJS.ErrnoException) => {
    const { code = error.message } = error;
    // A server that listens fails when a connection cannot be accepted: for that one there is nothing to try again.
    const event = server.listening ? "gateway.accept" : "gateway.port";
    if (isDue(code)) log.error({ event, port, code, message: adviceOn(error, port) });
    if (!server.listening) timer = setTimeout(attempt, retry).unref();
  });
  attempt();
  return () => {
    clearTimeout(timer);
    server.close();
  };
}

function everyMinute(now: () => number): (code: string) => boolean {
  const told = new Map<string, number>();
  return (code) => {
    const at = now();
    if (at - (told.get(code) ?? Number.NEGATIVE_INFINITY) < REMINDER) return false;
    told.set(code, at);
    return true;
  };
}

function adviceOn({ code, message }: NodeJS.ErrnoException, port: number): string {
  const again = "It is tried again every second.";
  switch (code) {
    case "EADDRINUSE":
      return `Another program listens on port ${port}, so the desktop cannot be reached: end it, or set NO_VNC_PORT to a free port. ${again}`;
    case "EACCES":
      return `uid ${process.getuid?.()} may not open port ${port}, so the desktop cannot be reached: set NO_VNC_PORT to one above 1023. ${again}`;
    case "EMFILE":
    case "ENFILE":
      return `Too many files are open to take another connection (${message}): raise the limit (--ulimit nofile).`;
    default:
      return `Port ${port} cannot be served: ${message}. ${again}`;
  }
}
