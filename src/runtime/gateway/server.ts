import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  STATUS_CODES,
} from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { keepListening } from "../listen.ts";
import type { Log } from "../log.ts";
import { answerHealth } from "./health.ts";
import type { LiveIdentity } from "./live-identity.ts";
import { isSameOrigin } from "./origin.ts";
import { GATEWAY } from "./port.ts";
import { answer, judge, pathOf, refusal, type Site } from "./routes.ts";
import type { Identity } from "./tls.ts";
import type { Websockify } from "./websockify.ts";

/** The one port of the container. */
export interface Gateway {
  /** Port it listens on, once it does. */
  port(): number | undefined;
  close(): void;
}

export interface GatewayOptions {
  readonly port: number;
  /** Certificate; connections made before it is there wait for it. A new one counts for new connections. */
  readonly identity: LiveIdentity;
  readonly site: Site;
  readonly websockify: Websockify;
  readonly allowedOrigins: readonly string[];
  readonly log: Log;
}

/** TCP connections at a time. */
const MOST_CONNECTIONS = 256;
/** Milliseconds a client has for its first byte, for the TLS handshake, and for a request's headers. */
const IMPATIENCE = 10_000;

/**
 * Listens at once; serves TLS as soon as there is a certificate, and sends who speaks plain HTTP to https. A
 * port that is taken is tried again every second: the desktop runs meanwhile.
 */
export function startGateway(options: GatewayOptions): Gateway {
  const plain = guard(createHttpServer(TIMEOUTS, redirect), options.log);
  const secure = serveTls(options);
  secure.catch(withoutTls(options));
  const server = createTcpServer({ noDelay: true, pauseOnConnect: false }, (socket) =>
    sniff(socket, plain, secure),
  );
  server.maxConnections = MOST_CONNECTIONS;
  const stopListening = keepListening(server, { port: options.port, listener: GATEWAY, log: options.log });
  return {
    port() {
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : undefined;
    },
    close() {
      options.identity.close();
      options.websockify.close();
      stopListening();
    },
  };
}

const TIMEOUTS = {
  headersTimeout: IMPATIENCE,
  requestTimeout: 2 * IMPATIENCE,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
} as const;

const TLS_HANDSHAKE = 0x16;

/** Hands a connection to the server for what its first byte says: TLS or plain HTTP. */
function sniff(socket: Socket, plain: HttpServer, secure: Promise<HttpsServer>): void {
  // A peer that breaks off is nothing to report.
  socket.on("error", () => {});
  socket.setTimeout(IMPATIENCE, () => socket.destroy());
  socket.once("data", async (chunk) => {
    socket.pause();
    socket.unshift(chunk);
    try {
      const server = chunk[0] === TLS_HANDSHAKE ? await secure : plain;
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      server.emit("connection", socket);
      process.nextTick(() => socket.resume());
    } catch {
      socket.destroy();
    }
  });
}

async function serveTls(options: GatewayOptions): Promise<HttpsServer> {
  const { identity } = options;
  const server = createSecureServer(await identity.first, options);
  // Connections that are open keep theirs.
  identity.onRenewed((renewed) => server.setSecureContext(contextOf(renewed)));
  return server;
}

/** Says once that there is no certificate; who connects is hung up on. */
function withoutTls({ log }: GatewayOptions): (error: unknown) => void {
  return (error) => {
    const advice = "mount one (KASMIX_TLS_CERT, KASMIX_TLS_KEY)";
    const message = `No certificate, so the desktop cannot be reached: ${advice}. ${String(error)}`;
    log.error({ event: "gateway.certificate", message });
  };
}

function contextOf({ cert, key }: Identity) {
  return { cert, key, minVersion: "TLSv1.2" } as const;
}

function createSecureServer(identity: Identity, options: GatewayOptions): HttpsServer {
  const tls = { ...contextOf(identity), handshakeTimeout: IMPATIENCE };
  const server = createHttpsServer({ ...TIMEOUTS, ...tls }, (request, response) => {
    answer(options.site, request, response).catch((error) => {
      options.log.error({ event: "gateway.fault", message: String(error) });
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => upgrade(options, request, socket, head));
  // Scanners and half-open connections fail in the handshake all day long.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return guard(server, options.log);
}

/** What both servers need: answers to broken requests, and timeouts though they do not listen themselves. */
function guard<T extends HttpServer | HttpsServer>(server: T, log: Log): T {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) =>
    refuseRaw(socket, statusOf(error)),
  );
  server.on("error", (error) => log.error({ event: "gateway.fault", message: error.message }));
  // Node checks headersTimeout only in servers that have said they listen; here another one does.
  server.emit("listening");
  return server;
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

function upgrade(
  { site, websockify, allowedOrigins }: GatewayOptions,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) {
  socket.on("error", () => {});
  if (pathOf(request.url ?? "") !== "/websockify") return refuseRaw(socket, 404);
  if (!isSameOrigin(request.headers, allowedOrigins)) return refuseRaw(socket, 403);
  const verdict = judge(site.authenticator, request);
  if (verdict.outcome === "admitted") return websockify.upgrade(request, socket, head, verdict.role);
  const { status, headers } = refusal(verdict);
  refuseRaw(socket, status, headers);
}

function refuseRaw(socket: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  // Who does not hang up after that is hung up on; at once would cost the answer.
  setTimeout(() => socket.destroy(), 1_000).unref();
}

/** Plain HTTP: the health address answers here as well, everything else is sent to https. */
const redirect: Parameters<typeof createHttpServer>[1] = (request, response) => {
  const { host } = request.headers;
  const target = request.url ?? "/";
  if (target === "/healthz") void answerHealth(response);
  else if (host && /^[A-Za-z0-9.:[\]-]+$/.test(host) && typeof pathOf(target) === "string") {
    response.writeHead(308, { Location: `https://${host}${target}`, Connection: "close" }).end();
  } else response.writeHead(400, { Connection: "close" }).end();
};
