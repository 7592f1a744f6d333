import type { Server } from "node:net";
import type { Log } from "../log/log.ts";

const RETRY = 1_000;
const REMINDER = 60_000;

/** Names a listening server in the log. */
export interface Listener {
  /** Prefix of its events: `gateway` logs `gateway.listening`, `gateway.port` and `gateway.accept`. */
  readonly name: string;
  /** Environment variable that sets its port. */
  readonly setting: string;
  /** The consequence while it cannot listen: "the desktop cannot be reached". */
  readonly loss: string;
}

/** The port that an environment variable sets. An invalid port is logged and the default used. */
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
    message: `${setting} is not a port: set a number from 1 to 65535. ${standard} is used instead.`,
  });
  return standard;
}

export interface ListenOptions {
  readonly port: number;
  /** Address to listen on. @default all addresses */
  readonly host?: string;
  readonly listener: Listener;
  readonly log: Log;
  /** Milliseconds between attempts to listen. @default 1000 */
  readonly retry?: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Listens on a port and retries while it is not available: no event says when it becomes free. Each kind of error is
 * logged with advice, at once and then once a minute. Returns a function that stops listening.
 */
export function keepListening(server: Server, options: ListenOptions): () => void {
  const { port, host, listener, log, retry = RETRY, now = () => performance.now() } = options;
  const isDue = everyMinute(now);
  let timer: NodeJS.Timeout | undefined;
  const attempt = () => server.listen(host === undefined ? { port } : { port, host });
  server.on("listening", () => log.info({ event: `${listener.name}.listening`, port }));
  server.on("error", (error: NodeJS.ErrnoException) => {
    const { code = error.message } = error;
    // While the server listens, an error means that a connection could not be accepted: there is nothing to retry.
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
  const lastLogged = new Map<string, number>();
  return (code) => {
    const at = now();
    if (at - (lastLogged.get(code) ?? Number.NEGATIVE_INFINITY) < REMINDER) return false;
    lastLogged.set(code, at);
    return true;
  };
}

function adviceOn(
  { code, message }: NodeJS.ErrnoException,
  port: number,
  { setting, loss }: Listener,
): string {
  const retried = "Kasmix retries every second.";
  switch (code) {
    case "EADDRINUSE":
      return `Another program listens on port ${port}, so ${loss}: end it, or set ${setting} to a free port. ${retried}`;
    case "EACCES":
      return `uid ${process.getuid?.()} may not open port ${port}, so ${loss}: set ${setting} to a port above 1023. ${retried}`;
    case "EMFILE":
    case "ENFILE":
      return `Too many open files to accept another connection (${message}): raise the limit (--ulimit nofile).`;
    default:
      return `Port ${port} cannot be opened: ${message}. ${retried}`;
  }
}
