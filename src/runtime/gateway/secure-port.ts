import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { GATEWAY_HEADER } from "../../wire/answer.ts";
import type { Log } from "../log/log.ts";
import type { Admission } from "./admission.ts";
import { answerHealth } from "./health.ts";
import { isAborted } from "./is-aborted.ts";
import { keepListening, type Listener } from "./listen.ts";
import type { LiveIdentity } from "./live-identity.ts";
import { redirectOnce } from "./plain-http.ts";
import { answer, pathOf, type Site } from "./router.ts";
import type { Identity } from "./self-signed.ts";
import { refuseRaw, upgrade } from "./upgrade.ts";

/** A port that is being served. */
export interface OpenPort {
  /** Its number, once it listens. */
  number(): number | undefined;
  /** Stops accepting connections; open ones continue. */
  close(): void;
}

export interface PortOptions {
  readonly port: number;
  readonly listener: Listener;
  /** Connections wait until there is a certificate. A renewed one applies to new connections. */
  readonly identity: LiveIdentity;
  readonly site: Site;
  /** Whether plain HTTP is answered like TLS, see `wantsPlainHttp`; otherwise it is redirected to https. */
  readonly plainHttp: boolean;
  /** Decides which connections stay open. */
  readonly admission: Admission;
  readonly log: Log;
}

/** Milliseconds after which a connection without any traffic is closed. */
const STALL = 60_000;

/**
 * Listens at once and serves TLS as soon as there is a certificate. A port in use is retried every second while the
 * desktop runs.
 */
export function openSecurePort(options: PortOptions): OpenPort {
  const { port, listener, site, admission, log } = options;
  const { patience } = site;
  const plain = options.plainHttp ? servePlain(options) : servePlainRedirects(options);
  const secure = serveTls(options);
  secure.catch(withoutTls(options));
  const server = createTcpServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
    admission.enter(socket);
    sniff(socket, plain, secure, patience);
  });
  const stopListening = keepListening(server, { port, listener, log });
  return {
    number() {
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : undefined;
    },
    close: stopListening,
  };
}

function limits(patience: number) {
  return {
    headersTimeout: patience,
    keepAliveTimeout: 15_000,
    connectionsCheckingInterval: patience / 5,
    maxHeaderSize: 16 * 1024,
  };
}

const TLS_HANDSHAKE = 0x16;

/** Hands a connection to the TLS or the plain HTTP server, depending on its first byte. */
function sniff(socket: Socket, plain: HttpServer, secure: Promise<HttpsServer>, patience: number): void {
  // A disconnect is not an error.
  socket.on("error", () => {});
  socket.setTimeout(patience, () => socket.destroy());
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

function servePlain(options: PortOptions): HttpServer {
  return serve(createHttpServer({ ...limits(options.site.patience), requestTimeout: 0 }), options);
}

function servePlainRedirects(options: PortOptions): HttpServer {
  const { patience } = options.site;
  const bounds = { ...limits(patience), requestTimeout: 2 * patience };
  return guard(createHttpServer(bounds, redirectOnce(redirect, options.log)), options);
}

async function serveTls(options: PortOptions): Promise<HttpsServer> {
  const { identity } = options;
  const server = createSecureServer(await identity.first, options);
  // Open connections keep the certificate they began with.
  identity.onRenewed((renewed) => server.setSecureContext(contextOf(renewed)));
  return server;
}

/** Logs that there is no certificate; all connections by TLS are closed. */
function withoutTls({ log, listener, plainHttp }: PortOptions): (error: unknown) => void {
  return (error) => {
    const advice = "mount a certificate (KASMIX_TLS_CERT, KASMIX_TLS_KEY)";
    const loss = plainHttp ? "only plain HTTP is answered" : listener.loss;
    const message = `There is no certificate, so ${loss}: ${advice}. ${String(error)}`;
    log.error({ event: `${listener.name}.certificate`, message });
  };
}

function contextOf({ cert, key }: Identity) {
  return { cert, key, minVersion: "TLSv1.2" } as const;
}

function createSecureServer(identity: Identity, options: PortOptions): HttpsServer {
  const { site } = options;
  const tls = { ...contextOf(identity), handshakeTimeout: site.patience };
  const server = createHttpsServer({ ...limits(site.patience), requestTimeout: 0, ...tls });
  // Not logged: scanners and half-open connections fail in the handshake all the time.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return serve(server, options);
}

/**
 * Answers by the site's routes. A whole request has no limit, because an upload may take hours. Stalled ones are closed
 * instead (STALL), and so are those whose body no handler reads.
 */
function serve<S extends HttpServer | HttpsServer>(server: S, options: PortOptions): S {
  const { site, log } = options;
  server.on("request", (request, response) => {
    answer(site, request, response).catch((error) => {
      if (!isAborted(request)) log.error({ event: "gateway.fault", message: String(error) });
      response.destroy();
    });
  });
  server.timeout = STALL;
  server.on("upgrade", (request, socket, head) => upgrade(site, request, socket, head));
  return guard(server, options);
}

/** Set-up of both servers: answers to invalid requests, and limits although neither server listens itself. */
function guard<T extends HttpServer | HttpsServer>(server: T, { admission, log }: PortOptions): T {
  admission.limitAnswers(server);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) =>
    refuseRaw(socket, statusOf(error)),
  );
  server.on("error", (error) => log.error({ event: "gateway.fault", message: error.message }));
  // Node enforces headersTimeout only after "listening"; here another server listens and hands connections on.
  server.emit("listening");
  return server;
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

const MARK = { [GATEWAY_HEADER]: "1" };

/** Plain HTTP: /healthz is answered, everything else is redirected to https. */
const redirect: RequestListener = (request, response) => {
  const { host } = request.headers;
  const target = request.url ?? "/";
  if (target === "/healthz") void answerHealth(response);
  else if (host && /^[A-Za-z0-9.:[\]-]+$/.test(host) && typeof pathOf(target) === "string") {
    response.writeHead(308, { ...MARK, Location: `https://${host}${target}`, Connection: "close" }).end();
  } else response.writeHead(400, { ...MARK, Connection: "close" }).end();
};
