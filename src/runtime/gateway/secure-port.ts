import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { createServer as createTcpServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "../log/log.ts";
import { hasLeft } from "./has-left.ts";
import { answerHealth } from "./health.ts";
import { keepListening, type Listener } from "./listen.ts";
import type { LiveIdentity } from "./live-identity.ts";
import type { Identity } from "./own-certificate.ts";
import { answer, pathOf, type Site } from "./routes.ts";
import { refuseRaw, upgrade } from "./upgrade.ts";

/** A port that is being served. */
export interface OpenPort {
  /** Its number, once it listens. */
  number(): number | undefined;
  /** Takes no connection any more; those that are open go on. */
  close(): void;
}

export interface PortOptions {
  readonly port: number;
  readonly listener: Listener;
  /** Certificate; connections made before it is there wait for it. A new one counts for new connections. */
  readonly identity: LiveIdentity;
  readonly site: Site;
  readonly log: Log;
}

/** TCP connections at a time. */
const MOST_CONNECTIONS = 256;
/** Milliseconds after which a connection is cut on which no byte moves, neither way. */
const STALL = 60_000;

/**
 * Listens at once; serves TLS as soon as there is a certificate, and sends who speaks plain HTTP to https. A
 * port that is taken is tried again every second: the desktop runs meanwhile.
 */
export function openSecurePort(options: PortOptions): OpenPort {
  const { port, listener, site, log } = options;
  const { patience } = site;
  const plain = guard(createHttpServer({ ...limits(patience), requestTimeout: 2 * patience }, redirect), log);
  const secure = serveTls(options);
  secure.catch(withoutTls(options));
  const server = createTcpServer({ noDelay: true, pauseOnConnect: false }, (socket) =>
    sniff(socket, plain, secure, patience),
  );
  server.maxConnections = MOST_CONNECTIONS;
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

/** Hands a connection to the server for what its first byte says: TLS or plain HTTP. */
function sniff(socket: Socket, plain: HttpServer, secure: Promise<HttpsServer>, patience: number): void {
  // A peer that breaks off is nothing to report.
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

async function serveTls(options: PortOptions): Promise<HttpsServer> {
  const { identity } = options;
  const server = createSecureServer(await identity.first, options);
  // Connections that are open keep theirs.
  identity.onRenewed((renewed) => server.setSecureContext(contextOf(renewed)));
  return server;
}

/** Says once that there is no certificate; who connects is hung up on. */
function withoutTls({ log, listener }: PortOptions): (error: unknown) => void {
  return (error) => {
    const advice = "mount one (KASMIX_TLS_CERT, KASMIX_TLS_KEY)";
    const message = `No certificate, so ${listener.loss}: ${advice}. ${String(error)}`;
    log.error({ event: `${listener.name}.certificate`, message });
  };
}

function contextOf({ cert, key }: Identity) {
  return { cert, key, minVersion: "TLSv1.2" } as const;
}

function createSecureServer(identity: Identity, { site, log }: PortOptions): HttpsServer {
  const tls = { ...contextOf(identity), handshakeTimeout: site.patience };
  // No limit for a whole request: an upload may take hours. One that does not move on is cut off instead, and a body
  // that nobody asked for is not waited for.
  const server = createHttpsServer(
    { ...limits(site.patience), requestTimeout: 0, ...tls },
    (request, response) => {
      answer(site, request, response).catch((error) => {
        if (!hasLeft(request)) log.error({ event: "gateway.fault", message: String(error) });
        response.destroy();
      });
    },
  );
  server.timeout = STALL;
  server.on("upgrade", (request, socket, head) => upgrade(site, request, socket, head));
  // Scanners and half-open connections fail in the handshake all day long.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return guard(server, log);
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

/** Plain HTTP: the health address answers here as well, everything else is sent to https. */
const redirect: RequestListener = (request, response) => {
  const { host } = request.headers;
  const target = request.url ?? "/";
  if (target === "/healthz") void answerHealth(response);
  else if (host && /^[A-Za-z0-9.:[\]-]+$/.test(host) && typeof pathOf(target) === "string") {
    response.writeHead(308, { Location: `https://${host}${target}`, Connection: "close" }).end();
  } else response.writeHead(400, { Connection: "close" }).end();
};
