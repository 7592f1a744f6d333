import type { IncomingMessage } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Log } from "../log/log.ts";
import type { SocketRoute } from "./table.ts";
import type { Role } from "./users.ts";

/** Why the server closes a WebSocket; a client should come again after all but the first three. */
export const CLOSE = {
  /** 1008: the client sent what it may not. */
  policy: 1008,
  /** 4001: the owner does not want this client connected. */
  dismissed: 4001,
  /** 1001: the container stops. */
  goingAway: 1001,
  /** 1012: what is behind the WebSocket ended; it is being restarted. */
  restart: 1012,
  /** 1013: what is behind the WebSocket does not run yet, or too many are connected. */
  tryAgain: 1013,
} as const;

/** The WebSockets of one address. */
export interface Sockets {
  readonly upgrade: SocketRoute["upgrade"];
  /** Those that are open. */
  readonly clients: ReadonlySet<WebSocket>;
  /** Tells every client that the server goes away. */
  close(): void;
}

export interface SocketOptions {
  readonly onClient: (client: WebSocket, role: Role, request: IncomingMessage, user: string) => void;
  readonly log: Log;
  /** The only subprotocol that is taken. @default the first that is offered: a browser gives up without any */
  readonly protocol?: string;
  /** WebSockets at a time. @default 32 */
  readonly limit?: number;
  /** The last of these, which only the owner gets: others must not lock them out. @default 0 */
  readonly reserve?: number;
  /** Milliseconds between pings; who has not answered by the next is cut off. @default 30000 */
  readonly keepAlive?: number;
  /** Bytes that a client may send in one message. @default 64 KiB */
  readonly longestMessage?: number;
}

/** Upgrades handshakes to uncompressed WebSockets that are watched for signs of life. */
export function createSockets(options: SocketOptions): Sockets {
  const { onClient, log, protocol, limit = 32, reserve = 0 } = options;
  const { keepAlive = 30_000, longestMessage = 64 * 1024 } = options;
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    handleProtocols: (offered) => [...offered].find((name) => name === (protocol ?? name)) ?? false,
  });
  const greet: SocketOptions["onClient"] = (client, role, request, user) => {
    client.on("error", (error) => log.warn({ event: "websocket.error", message: error.message }));
    const most = role === "owner" ? limit : limit - reserve;
    if (server.clients.size > most) return client.close(CLOSE.tryAgain, "too many connections");
    watchPulse(client, keepAlive);
    onClient(client, role, request, user);
  };
  return {
    upgrade: (request, socket, head, role, user) =>
      server.handleUpgrade(request, socket, head, (client) => greet(client, role, request, user)),
    clients: server.clients,
    close() {
      for (const client of server.clients) client.close(CLOSE.goingAway, "the container stops");
    },
  };
}

function watchPulse(client: WebSocket, interval: number): void {
  let answered = true;
  const timer = setInterval(() => {
    // While nothing is read from a client, because what is behind it is slow, its pong cannot be seen.
    if (!answered && !client.isPaused) return client.terminate();
    answered = false;
    client.ping();
  }, interval);
  client.on("pong", () => {
    answered = true;
  });
  client.on("close", () => clearInterval(timer));
}
