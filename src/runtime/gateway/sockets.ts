import type { IncomingMessage } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { Log } from "../log/log.ts";
import type { SocketRoute } from "./route.ts";
import type { Role } from "./users.ts";

/** Why the server closes a WebSocket; a client should reconnect after the last three. */
export const CLOSE = {
  /** 1008: the client sent an invalid or forbidden message. */
  policy: 1008,
  /** 4001: the owner disconnected this client. */
  dismissed: 4001,
  /** 4002: nobody used the desktop for too long. */
  idle: 4002,
  /** 4003: the session reached its longest time. */
  longest: 4003,
  /** 1001: the container stops. */
  goingAway: 1001,
  /** 1012: the service behind the WebSocket ended and is being restarted. */
  restart: 1012,
  /** 1013: the service behind the WebSocket does not run yet, or too many clients are connected. */
  tryAgain: 1013,
} as const;

/** The WebSockets of one address. */
export interface Sockets {
  readonly upgrade: SocketRoute["upgrade"];
  readonly clients: ReadonlySet<WebSocket>;
  /** Sends a text to all; a client that leaves too much unread is disconnected. */
  tell(text: string): void;
  /** Closes all with `goingAway`. */
  close(): void;
}

export interface SocketOptions {
  readonly onClient: (client: WebSocket, role: Role, request: IncomingMessage, user: string) => void;
  readonly log: Log;
  /** The only accepted subprotocol. @default the first that is offered: browsers disconnect without one */
  readonly protocol?: string;
  /** Concurrent WebSockets. @default 32 */
  readonly limit?: number;
  /** How many of these are reserved for the owner, so that others cannot lock the owner out. @default 0 */
  readonly reserve?: number;
  /** Milliseconds between pings; a client that has not answered by the next ping is disconnected. @default 30000 */
  readonly keepAlive?: number;
  /** Bytes in one message of a client. @default 64 KiB */
  readonly longestMessage?: number;
}

/** Bytes that a client may leave unread. */
const MOST_UNREAD = 256 * 1024;

/** Upgrades handshakes to uncompressed WebSockets, which are pinged regularly. */
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
    tell(text) {
      for (const client of server.clients) {
        if (client.bufferedAmount > MOST_UNREAD) client.terminate();
        else client.send(text);
      }
    },
    close() {
      for (const client of server.clients) client.close(CLOSE.goingAway, "the container stops");
    },
  };
}

function watchPulse(client: WebSocket, interval: number): void {
  let answered = true;
  const timer = setInterval(() => {
    // While the client is paused because the service behind is slow, its pong cannot be read.
    if (!answered && !client.isPaused) return client.terminate();
    answered = false;
    client.ping();
  }, interval);
  client.on("pong", () => {
    answered = true;
  });
  client.on("close", () => clearInterval(timer));
}
