import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAdmission } from "../gateway/admission.ts";
import type { TrustedProxies } from "../gateway/client-address.ts";
import { keepListening, type Listener } from "../gateway/listen.ts";
import type { Throttle } from "../gateway/throttle.ts";
import type { Log } from "../log/log.ts";
import type { Opener } from "./open.ts";
import { answer } from "./routes.ts";
import { createTokenCheck } from "./token.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** Opens URLs in the browser for clients over HTTP. */
export interface Launcher {
  /** Port it listens on, once it does. */
  port(): number | undefined;
  close(): void;
}

export interface LauncherOptions {
  readonly port: number;
  /** The token that requests must carry. */
  readonly token: string;
  readonly open: Opener;
  /** See `LauncherSite`. */
  readonly bucket: TokenBucket;
  /** The gateway's. */
  readonly throttle: Throttle;
  /** See `LauncherSite`. */
  readonly proxies: TrustedProxies;
  readonly log: Log;
}

export const LAUNCHER: Listener = {
  name: "launcher",
  setting: "NAV_SHIM_PORT",
  loss: "URLs cannot be opened from outside",
};

/** Connections that have not shown the token, how many of these from one address, and those that have. */
const CONNECTIONS = { strangers: 64, perNetwork: 32, members: 32, reserve: 0 } as const;
const TIMEOUTS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
} as const;

/**
 * Serves `POST /open` and `GET /healthz` on every address: docs/operate/url-launcher.md. A port in use is retried every
 * second.
 */
export function startLauncher({ port, token, ...options }: LauncherOptions): Launcher {
  const { log } = options;
  const admission = createAdmission({ name: LAUNCHER.name, log, ...CONNECTIONS });
  const site = { ...options, holdsToken: createTokenCheck(token), onSignIn: admission.signIn };
  const server = createServer(TIMEOUTS, (request, response) => void answer(site, request, response));
  server.on("connection", admission.enter);
  admission.limitAnswers(server);
  server.on("clientError", refuseBroken);
  const stopListening = keepListening(server, { port, listener: LAUNCHER, log });
  return {
    port: () => (server.address() as AddressInfo | null)?.port,
    close() {
      stopListening();
      server.closeAllConnections();
    },
  };
}

/** Answers what the parser rejects; not logged, since it is not a request. */
function refuseBroken({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  const [status, error] = BROKEN[code ?? ""] ?? ["400 Bad Request", "bad request"];
  const body = JSON.stringify({ error });
  if (socket.writable) {
    const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nCache-Control: no-store`;
    socket.end(`${head}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  // Give the client a second to read the answer, then close.
  setTimeout(() => socket.destroy(), 1_000).unref();
}

const BROKEN: Readonly<Record<string, readonly [string, string]>> = {
  HPE_INVALID_CONTENT_LENGTH: ["400 Bad Request", "invalid body length"],
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "headers too long"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "timeout"],
};
