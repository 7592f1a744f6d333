import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { RawData, WebSocket } from "ws";
import type { Log } from "../log.ts";
import type { Role } from "./auth.ts";
import { CLOSE, createSockets, type Sockets } from "./sockets.ts";
import { ViewerFilter } from "./viewer-filter.ts";

/** Upgrades requests to WebSockets and joins them with the display server. */
export interface Websockify extends Pick<Sockets, "upgrade" | "close"> {
  /** How many see the desktop now. */
  clients(): Readonly<Record<Role, number>>;
}

interface Options {
  /** Unix socket of the display server. */
  readonly target: string;
  readonly log: Log;
  /** WebSockets at a time. @default 32 */
  readonly limit?: number;
  /** Milliseconds between pings; who has not answered by the next is cut off. @default 30000 */
  readonly keepAlive?: number;
  /** Milliseconds to wait for a display server that does not answer yet. @default 5000 */
  readonly patience?: number;
}

const LONGEST_MESSAGE = 4 * 1024 * 1024;

export function createWebsockify({ target, patience = 5_000, ...options }: Options): Websockify {
  const joined: Record<Role, number> = { owner: 0, viewer: 0 };
  const join = async (client: WebSocket, role: Role) => {
    client.pause();
    const display = await connectWithin(target, patience, () => client.readyState !== client.OPEN);
    if (display) {
      joined[role] += 1;
      client.once("close", () => {
        joined[role] -= 1;
      });
      bridge(client, display, role);
    } else client.close(CLOSE.tryAgain, "the display is starting");
    client.resume();
  };
  const { upgrade, close } = createSockets({
    ...options,
    protocol: "binary",
    longestMessage: LONGEST_MESSAGE,
    onClient: (client, role) => void join(client, role),
  });
  return { upgrade, close, clients: () => ({ ...joined }) };
}

/** A connection to the socket, tried again every 50 ms until `patience` is over or nobody waits any more. */
async function connectWithin(
  path: string,
  patience: number,
  isMoot: () => boolean,
): Promise<Socket | undefined> {
  const deadline = performance.now() + patience;
  for (;;) {
    const socket = await tryConnect(path);
    if (socket && isMoot()) socket.destroy();
    if (isMoot() || socket) return isMoot() ? undefined : socket;
    if (performance.now() >= deadline) return undefined;
    await delay(50);
  }
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

/** Above this many unsent bytes the display server is not read from any more … */
const HIGH_WATER = 1024 * 1024;
/** … until so few are left. */
const LOW_WATER = 256 * 1024;

/** Passes bytes both ways; each side is only read as fast as the other takes. */
function bridge(client: WebSocket, display: Socket, role: Role): void {
  const filter = role === "viewer" ? new ViewerFilter() : undefined;
  display.on("data", (chunk) => {
    client.send(chunk, { binary: true }, () => {
      if (client.bufferedAmount <= LOW_WATER) display.resume();
    });
    if (client.bufferedAmount > HIGH_WATER) display.pause();
  });
  display.on("drain", () => client.resume());
  display.on("error", () => {});
  display.on("close", () => client.close(CLOSE.restart, "the display ended"));
  client.on("message", (data) => {
    try {
      const bytes = filter ? filter.push(toBuffer(data)) : toBuffer(data);
      if (bytes.length > 0 && !display.write(bytes)) client.pause();
    } catch {
      client.close(CLOSE.policy, "not allowed for viewers");
      display.destroy();
    }
  });
  client.on("close", () => display.destroy());
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
