import type { Server } from "node:net";
import type { Log } from "../log/log.ts";

const RETRY = 1_000;
const REMINDER = 60_000;

/** Who listens, for the log. */
export interface Listener {
  /** First part of its events: `gateway` logs `gateway.listening`, `gateway.port` and `gateway.accept`. */
  readonly name: string;
  /** Environment variable that sets its port. */
  readonly setting: string;
  /** What follows while it cannot listen: "the desktop cannot be reached". */
  readonly loss: string;
}

/** The port that an environment variable asks for. What is no port is logged, and the default is taken. */
export function portFrom(
  environment: NodeJS.ProcessEnv,
  { name, setting }: Pick<Listener, "name" | "setting">,
  standard: number,
  log: Log,
): number {
  const wanted = environment[setting];
  if (!wanted) return standard;
  const port = Number(wanted);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  log.error({
    event: `${name}.port`,
    port: wanted,
    message: `${setting} is no port: set a number from 1 to 65535. ${standard} is taken.`,
  });
  return standard;
}

export interface ListenOptions {
  readonly port: number;
  /** Address to listen on. @default all of them */
  readonly host?: string;
  readonly listener: Listener;
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
export function keepListening(server: Server, options: ListenOptions): () => void {
  const { port, host, listener, log, retry = RETRY, now = () => performance.now() } = options;
  const isDue = everyMinute(now);
  let timer: NodeJS.Timeout | undefined;
  const attempt = () => server.listen(host === undefined ? { port } : { port, host });
  server.on("listening", () => log.info({ event: `${listener.name}.listening`, port }));
  server.on("error", (error: NodeJS.ErrnoException) => {
    const { code = error.message } = error;
    // A server that listens fails when a connection cannot be accepted: for that one there is nothing to try again.
    const event = `${listener.name}.${server.listening ? "accept" : "port"}`;
    if (isDue(code)) log.error({ event, port, code, message: adviceOn(error, port, listener) });
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

function adviceOn(
  { code, message }: NodeJS.ErrnoException,
  port: number,
  { setting, loss }: Listener,
): string {
  const again = "It is tried again every second.";
  switch (code) {
    case "EADDRINUSE":
      return `Another program listens on port ${port}, so ${loss}: end it, or set ${setting} to a free port. ${again}`;
    case "EACCES":
      return `uid ${process.getuid?.()} may not open port ${port}, so ${loss}: set ${setting} to one above 1023. ${again}`;
    case "EMFILE":
    case "ENFILE":
      return `Too many files are open to take another connection (${message}): raise the limit (--ulimit nofile).`;
    default:
      return `Port ${port} cannot be served: ${message}. ${again}`;
  }
}
