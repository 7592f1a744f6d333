import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Log } from "../log/log.ts";
import { VERSION_3_8 } from "../rfb/protocol.ts";
import { signInToLook } from "../rfb/view-only.ts";
import { ViewerFilter } from "../rfb/viewer-filter.ts";
import { bytesOf } from "./bytes-of.ts";
import { CLOSE, createSockets, type Sockets } from "./sockets.ts";
import type { Role } from "./users.ts";
import { createVisitors, HIGH_WATER, type Meter, type Visitors } from "./visitors.ts";

/** Upgrades requests to WebSockets and joins them with the display server. */
export interface Websockify extends Pick<Sockets, "upgrade" | "close"> {
  /** Who sees the desktop now. */
  readonly visitors: Visitors;
}

interface Options {
  /** Unix socket of the display server. */
  readonly target: string;
  /** The display server's passwords, the second of which lets viewers look. Without it only the filter holds them back. */
  readonly passwordFile?: string;
  readonly log: Log;
  /** WebSockets at a time. @default 32 */
  readonly limit?: number;
  /** The last of these, which only the owner gets. @default 2 */
  readonly reserve?: number;
  /** Milliseconds between pings; who has not answered by the next is cut off. @default 30000 */
  readonly keepAlive?: number;
  /** Milliseconds to wait for a display server that does not answer yet. @default 5000 */
  readonly patience?: number;
}

const LONGEST_MESSAGE = 4 * 1024 * 1024;

export function createWebsockify({
  target,
  passwordFile,
  patience = 5_000,
  reserve = 2,
  ...options
}: Options): Websockify {
  const visitors = createVisitors();
  const open = async (client: WebSocket, role: Role) => {
    const isMoot = () => client.readyState !== client.OPEN;
    const display = await connectWithin(target, patience, isMoot);
    if (!display || role !== "viewer" || passwordFile === undefined) return display;
    if ((await mayLook(display, passwordFile, options.log)) && !isMoot()) return display;
    display.destroy();
    return undefined;
  };
  const join = async (client: WebSocket, role: Role, request: IncomingMessage, user: string) => {
    client.pause();
    const display = await open(client, role);
    if (display) {
      const filter = role === "viewer" ? filterFor(client, passwordFile !== undefined) : undefined;
      bridge(client, display, filter, visitors.join(client, { role, user }, request));
    } else client.close(CLOSE.tryAgain, "the display is starting");
    client.resume();
  };
  const { upgrade, close } = createSockets({
    ...options,
    reserve,
    protocol: "binary",
    longestMessage: LONGEST_MESSAGE,
    onClient: (...visit) => void join(...visit),
  });
  return { upgrade, close, visitors };
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

/** Whether the display server lets this connection look; that it does not is logged. */
async function mayLook(display: Socket, passwordFile: string, log: Log): Promise<boolean> {
  try {
    await signInToLook(display, passwordFile);
    return true;
  } catch (error) {
    log.warn({ event: "viewer.failed", message: `A viewer was not let in: ${String(error)}` });
    return false;
  }
}

/** The filter of a viewer; one who was signed in gets the display server's half of the handshake from here. */
function filterFor(client: WebSocket, signedIn: boolean): ViewerFilter {
  if (!signedIn) return new ViewerFilter();
  client.send(VERSION_3_8);
  return new ViewerFilter((bytes) => client.send(bytes));
}

/** Above HIGH_WATER of unsent bytes the display server is not read from any more, until so few are left. */
const LOW_WATER = 256 * 1024;

/** Passes bytes both ways; each side is only read as fast as the other takes. */
function bridge(client: WebSocket, display: Socket, filter: ViewerFilter | undefined, meter: Meter): void {
  display.on("data", (chunk) => {
    meter.sent(chunk.length);
    client.send(chunk, { binary: true }, () => {
      if (client.bufferedAmount > LOW_WATER) return;
      display.resume();
      meter.held(false);
    });
    if (client.bufferedAmount <= HIGH_WATER) return;
    display.pause();
    meter.held(true);
  });
  display.on("drain", () => client.resume());
  display.on("error", () => {});
  display.on("close", () => {
    client.close(CLOSE.restart, "the display ended");
    // Its goodbye comes behind what it has sent before.
    client.resume();
  });
  client.on("message", (data) => {
    // Nobody takes that any more: the display is gone, and the filter would keep it all.
    if (client.readyState !== client.OPEN) return;
    try {
      const bytes = filter ? filter.push(bytesOf(data)) : bytesOf(data);
      if (bytes.length > 0 && !display.write(bytes)) client.pause();
    } catch {
      client.close(CLOSE.policy, "not allowed for viewers");
      display.destroy();
    }
  });
  client.on("close", () => display.destroy());
}
