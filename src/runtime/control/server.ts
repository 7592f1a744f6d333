import { chmodSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import type { Log } from "../log/log.ts";
import { createFollowers } from "./followers.ts";
import { answer, type ControlSite } from "./routes.ts";

/** The supervisor's ear for kasmixctl. */
export interface Control {
  /** Ends every connection and takes the socket away. */
  close(): void;
}

export interface ControlOptions extends Omit<ControlSite, "followers"> {
  /** Where the socket is to be. Its directory has to exist. */
  readonly path: string;
  readonly log: Log;
}

/** Connections at a time. */
const MOST_CONNECTIONS = 64;
/** Milliseconds until a socket that could not be made is tried again. */
const RETRY = 1_000;
const TIMEOUTS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 10_000,
  maxHeaderSize: 16 * 1024,
} as const;

/**
 * Answers HTTP on a unix socket (docs/operate/control.md): what the services do, orders to them, the log of late. Only the
 * container's user may connect, and root. Never throws: a socket that cannot be made is logged and tried again.
 */
export function startControl({ path, log, ...parts }: ControlOptions): Control {
  const site = { ...parts, followers: createFollowers(log) };
  const server = createServer(TIMEOUTS, (request, response) => void answer(site, log, request, response));
  server.maxConnections = MOST_CONNECTIONS;
  const stopListening = listen(server, path, log);
  return {
    close() {
      stopListening();
      site.followers.close();
      server.close();
      server.closeIdleConnections();
    },
  };
}

/** Has the server listen as soon as that can be done. Gives a function that ends the attempts and removes the socket. */
function listen(server: Server, path: string, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  let nursery: string | undefined;
  let told: string | undefined;
  const failed = (error: unknown) => {
    if (server.listening) server.close();
    if (nursery !== undefined) rmSync(nursery, { recursive: true, force: true });
    const message = error instanceof Error ? error.message : String(error);
    // The same reason every few seconds is told once.
    if (message !== told) log.error({ event: "control.failed", path, message: explain(message, path) });
    told = message;
    timer = setTimeout(attempt, RETRY).unref();
  };
  // The socket is made where nobody else can enter and moved when its mode is right: so there is no moment at which
  // others may connect, a stale one is replaced without a gap, and the umask stays as it is for everything else.
  const attempt = () => {
    try {
      nursery = mkdtempSync(join(dirname(path), ".control-"));
      server.listen({ path: join(nursery, "s") });
    } catch (error) {
      failed(error);
    }
  };
  const publish = () => {
    try {
      const made = join(nursery as string, "s");
      chmodSync(made, 0o600);
      renameSync(made, path);
      rmSync(nursery as string, { recursive: true, force: true });
      log.info({ event: "control.listening", path });
    } catch (error) {
      failed(error);
    }
  };
  server.on("listening", publish);
  server.on("error", failed);
  attempt();
  return () => {
    clearTimeout(timer);
    if (server.listening) rmSync(path, { force: true });
  };
}

function explain(message: string, path: string): string {
  return `${message}. Everything runs on, but kasmixctl cannot ask or order anything. Give ${dirname(path)} space and let this user write there: it is tried again by itself.`;
}
