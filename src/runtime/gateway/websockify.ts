import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Log } from "../log/log.ts";
import { VERSION_3_8 } from "../rfb/protocol.ts";
import { signInToLook } from "../rfb/view-only.ts";
import { ViewerFilter } from "../rfb/viewer-filter.ts";
import { createWindowLeader, type Seat, type Wishes } from "../rfb/window-leader.ts";
import { bytesOf } from "./bytes-of.ts";
import type { TrustedProxies } from "./client-address.ts";
import { CLOSE, createSockets, type Sockets } from "./sockets.ts";
import type { Role } from "./users.ts";
import { createVisitors, HIGH_WATER, type Meter, type Visitors } from "./visitors.ts";

/** Connects WebSockets with the display server. */
export interface Websockify extends Pick<Sockets, "upgrade" | "close"> {
  readonly visitors: Visitors;
}

/** Connects a visitor with a display server that itself holds back viewers; undefined while it is not up. */
export type ConnectVisitor = (visit: {
  readonly role: Role;
  readonly address: string;
}) => Promise<Duplex | undefined>;

interface Options extends Wishes {
  /** TigerVNC's unix socket, or the way to another display server. */
  readonly target: string | ConnectVisitor;
  /**
   * The display server's passwords; the second signs viewers in. Without this file only the filter restricts viewers.
   */
  readonly passwordFile?: string;
  /** Called for each visitor who wants to see the desktop. */
  readonly onVisit?: () => void;
  /** Whose word about visitors' addresses is believed. @default none's */
  readonly proxies?: TrustedProxies;
  readonly log: Log;
  /** Concurrent WebSockets. @default 32 */
  readonly limit?: number;
  /** How many of these are reserved for the owner. @default 2 */
  readonly reserve?: number;
  /** Milliseconds between pings; a client that has not answered by the next ping is disconnected. @default 30000 */
  readonly keepAlive?: number;
  /** Milliseconds to wait for the display server. @default 5000 */
  readonly patience?: number;
}

/** Bytes of a message: noVNC sends at most 10 KiB in one, whatever the length of what it says. */
const LONGEST_MESSAGE = 256 * 1024;
/** KasmVNC's page sends a clipboard of at most 16 MiB in one message. */
const LONGEST_CLIPBOARD = 17 * 1024 ** 2;

export function createWebsockify({
  target,
  passwordFile,
  onVisit = () => {},
  patience = 5_000,
  reserve = 2,
  proxies,
  ...options
}: Options): Websockify {
  const visitors = createVisitors(proxies);
  const filtered = typeof target === "string";
  const leader = createWindowLeader(options);
  const attemptFor = (role: Role, request: IncomingMessage) => () =>
    typeof target === "string"
      ? connectSocket(target)
      : target({ role, address: proxies?.clientOf(request).address ?? "" });
  const open = async (client: WebSocket, role: Role, request: IncomingMessage) => {
    const isMoot = () => client.readyState !== client.OPEN;
    const display = await connectWithin(attemptFor(role, request), patience, isMoot);
    if (!display || !filtered || role !== "viewer" || passwordFile === undefined) return display;
    if ((await mayLook(display, passwordFile, options.log)) && !isMoot()) return display;
    display.destroy();
    return undefined;
  };
  const join = async (client: WebSocket, role: Role, request: IncomingMessage, user: string) => {
    client.pause();
    onVisit();
    const display = await open(client, role, request);
    if (display && !filtered)
      bridge(client, display, { meter: visitors.join(client, { role, user }, request) });
    else if (display) {
      const filter = role === "viewer" ? filterFor(client, passwordFile !== undefined) : undefined;
      const seat = leader.join(role, (text) => client.send(text));
      client.once("close", () => seat.leave());
      bridge(client, display, { filter, seat, meter: visitors.join(client, { role, user }, request) });
    } else client.close(CLOSE.tryAgain, "the display is starting");
    client.resume();
  };
  const { upgrade, close } = createSockets({
    ...options,
    reserve,
    protocol: "binary",
    longestMessage: filtered ? LONGEST_MESSAGE : LONGEST_CLIPBOARD,
    onClient: (...visit) => void join(...visit),
  });
  return { upgrade, close, visitors };
}

/** Connects, retrying every 50 ms until `patience` is over or the client is gone. */
async function connectWithin(
  attempt: () => Promise<Duplex | undefined>,
  patience: number,
  isMoot: () => boolean,
): Promise<Duplex | undefined> {
  const deadline = performance.now() + patience;
  for (;;) {
    const socket = await attempt();
    if (socket && isMoot()) socket.destroy();
    if (isMoot() || socket) return isMoot() ? undefined : socket;
    if (performance.now() >= deadline) return undefined;
    await delay(50);
  }
}

function connectSocket(path: string): Promise<Duplex | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

/** Signs a viewer in to the display server; a failure is logged. */
async function mayLook(display: Duplex, passwordFile: string, log: Log): Promise<boolean> {
  try {
    await signInToLook(display, passwordFile);
    return true;
  } catch (error) {
    log.warn({ event: "viewer.failed", message: `The display server refused a viewer: ${String(error)}` });
    return false;
  }
}

/**
 * The filter of a viewer. When the gateway has signed in for the viewer, it also plays the server's part of the
 * handshake.
 */
function filterFor(client: WebSocket, signedIn: boolean): ViewerFilter {
  if (!signedIn) return new ViewerFilter();
  client.send(VERSION_3_8);
  return new ViewerFilter((bytes) => client.send(bytes));
}

/** After HIGH_WATER the display server is read again when only this many unsent bytes are left. */
const LOW_WATER = 256 * 1024;

interface Passage {
  readonly filter?: ViewerFilter | undefined;
  /** Takes text messages, which are no RFB. @default they are dropped */
  readonly seat?: Seat;
  readonly meter: Meter;
}

/** Passes bytes both ways; each side is read only as fast as the other receives. */
function bridge(client: WebSocket, display: Duplex, { filter, seat, meter }: Passage): void {
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
    // A paused client's close frame could not be read.
    client.resume();
  });
  client.on("message", (data, isBinary) => {
    if (!isBinary) return seat?.hear(bytesOf(data).toString());
    // The display is gone, and the filter would keep all bytes.
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
