import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createAdmission } from "../../gateway/admission.ts";
import { keepListening, type Listener } from "../../gateway/listen.ts";
import type { Log } from "../../log/log.ts";
import type { Policy } from "../policy.ts";
import { forward } from "./forward.ts";
import { createRefusalLog, renderRaw } from "./refusal.ts";
import { tunnel } from "./tunnel.ts";

/** The proxy that all connections of the browser go through. */
export interface Egress {
  /** Port it listens on, once it does. */
  port(): number | undefined;
  /** Ends every connection. */
  close(): void;
}

export interface EgressOptions {
  readonly port: number;
  readonly policy: Policy;
  readonly log: Log;
  /** Milliseconds for connecting. @default 15000 */
  readonly patience?: number;
  /** Milliseconds after which a connection without traffic is closed. @default 600000 */
  readonly silence?: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

export const EGRESS: Listener = {
  name: "egress",
  setting: "KASMIX_EGRESS_PORT",
  loss: "the browser cannot reach any site",
};

/** Connections without a destination, all from this machine, and those with one. */
const CONNECTIONS = {
  ...{ strangers: 256, perNetwork: 256, members: 512, reserve: 0 },
  message: "Too many connections to the proxy without a destination: the oldest were closed to make room.",
} as const;
const TIMEOUTS = {
  headersTimeout: 10_000,
  // Sending a large file may take long; silent connections are closed instead.
  requestTimeout: 0,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 64 * 1024,
} as const;

/**
 * A forward proxy on 127.0.0.1 for http:// and CONNECT, which WebSockets use too. It looks up every name itself, judges
 * every address, and connects only to judged ones. A port in use is retried every second.
 */
export function startEgress({
  port,
  policy,
  log,
  patience = 15_000,
  silence = 600_000,
  now = () => performance.now(),
}: EgressOptions): Egress {
  const admission = createAdmission({ name: EGRESS.name, log, now, ...CONNECTIONS });
  const site = {
    policy,
    refused: createRefusalLog(log, now),
    onReached: admission.signIn,
    patience,
    silence,
  };
  const server = createServer(TIMEOUTS, (request, response) => void forward(site, request, response));
  const clients = new Set<Socket>();
  server.timeout = silence;
  server.on("connection", (client) => {
    admission.enter(client);
    clients.add(client);
    client.on("close", () => clients.delete(client));
  });
  server.on("connect", (request, client, head) => void tunnel(site, request, client as Socket, head));
  server.on("clientError", refuseBroken);
  const stopListening = keepListening(server, { port, host: "127.0.0.1", listener: EGRESS, log });
  return {
    port: () => (server.address() as AddressInfo | null)?.port,
    close() {
      stopListening();
      for (const client of clients) client.destroy();
    },
  };
}

/** Answers what the parser rejects. */
function refuseBroken(_error: Error, socket: Duplex): void {
  if (socket.writable) socket.end(renderRaw({ status: 400, message: "This is not a valid HTTP request." }));
  else socket.destroy();
}
