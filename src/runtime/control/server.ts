import { chmodSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { createAdmission } from "../gateway/admission.ts";
import type { Log } from "../log/log.ts";
import { createFollowers } from "./followers.ts";
import { answer, type ControlSite, controlRoutes } from "./routes.ts";

/** The control socket. */
export interface Control {
  /** Ends every connection and removes the socket. */
  close(): void;
}

export interface ControlOptions extends Omit<ControlSite, "followers"> {
  /** Path of the socket. Its directory has to exist. */
  readonly path: string;
  readonly log: Log;
}

/** Connections that have not asked for anything, and those that have. */
const CONNECTIONS = {
  ...{ strangers: 64, perNetwork: 64, members: 64, reserve: 0 },
  message:
    "Too many connections to the control socket without a request: the oldest were closed to make room.",
} as const;
/** Milliseconds until making the socket is tried again. */
const RETRY = 1_000;
const TIMEOUTS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 10_000,
  maxHeaderSize: 16 * 1024,
} as const;

/**
 * Serves HTTP on a unix socket (docs/operate/control.md): state of the services, orders to them, the recent log. Only the
 * container's user and root may connect. Never throws: a failure to make the socket is logged, and it is tried again.
 */
export function startControl({ path, log, ...site }: ControlOptions): Control {
  const followers = createFollowers(log);
  const routes = controlRoutes({ ...site, followers });
  const server = createServer(TIMEOUTS, (request, response) => void answer(routes, log, request, response));
  const admission = createAdmission({ name: "control", log, ...CONNECTIONS });
  server.on("connection", admission.enter);
  server.prependListener("request", ({ socket }) => admission.signIn(socket));
  const stopListening = listen(server, path, log);
  return {
    close() {
      stopListening();
      followers.close();
      server.close();
      server.closeIdleConnections();
    },
  };
}

/** Makes the server listen as soon as possible. Returns a function that ends the attempts and removes the socket. */
function listen(server: Server, path: string, log: Log): () => void {
  let timer: NodeJS.Timeout | undefined;
  let draft: string | undefined;
  let logged: string | undefined;
  const failed = (error: unknown) => {
    if (server.listening) server.close();
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
    const message = error instanceof Error ? error.message : String(error);
    // The same reason again is not logged again.
    if (message !== logged) log.error({ event: "control.failed", path, message: explain(message, path) });
    logged = message;
    timer = setTimeout(attempt, RETRY).unref();
  };
  // The socket is made in a private directory and moved when its mode is set. So other users can never connect, a stale
  // socket is replaced without a gap, and the umask stays as it is.
  const attempt = () => {
    try {
      draft = mkdtempSync(join(dirname(path), ".control-"));
      server.listen({ path: join(draft, "s") });
    } catch (error) {
      failed(error);
    }
  };
  const publish = () => {
    try {
      const made = join(draft as string, "s");
      chmodSync(made, 0o600);
      renameSync(made, path);
      rmSync(draft as string, { recursive: true, force: true });
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
  return `${message}. Everything else keeps running, but kasmixctl does not work. Free space in ${dirname(path)} and make it writable for this user: it is tried again every second.`;
}
