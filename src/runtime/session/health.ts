import { connect } from "node:net";
import type { DesktopEnvironment } from "../../model/types.ts";
import type { Finding, Look } from "../supervisor/health.ts";
import { connectX, type XConnection } from "../x11/connect.ts";
import type { XServerPlace } from "../x11/follow.ts";
import { getGeometry, internAtom, readProperty } from "../x11/requests.ts";
import { XFCE } from "./xfce.ts";

/** Looks at the services that every desktop needs; each is a few round trips and starts no process. */
export interface SessionLooks {
  readonly bus: Look;
  readonly display: Look;
  /** A look for one run of the desktop: the panel is missed only if this run has shown it. */
  desktop(): Look;
}

/** Where the session's servers listen. */
export interface SessionPlaces {
  /** Socket of the session bus. */
  readonly bus: string;
  readonly x: XServerPlace;
  /** Socket of the display server for RFB. @default it has none */
  readonly rfb?: string;
  /** Classes of the desktop's windows. @default XFCE's */
  readonly parts?: Pick<DesktopEnvironment, "backdrop" | "panel">;
  /** Milliseconds for an answer. @default 2000 */
  readonly patience?: number;
}

/** The looks at a session. They share one connection to the X server, which is kept. */
export function createLooks({
  bus,
  x: place,
  rfb,
  parts = XFCE,
  patience = 2_000,
}: SessionPlaces): SessionLooks {
  const screen = keepConnected(place);
  return {
    bus: () => answers(bus, patience, GREETING),
    display: () => lookAtDisplay(screen, rfb, patience),
    desktop: () => lookAtDesktop(screen, parts, patience),
  };
}

/** The bus answers it with the ways to sign in. */
const GREETING = "\0AUTH\r\n";

/**
 * A program may keep the X server from answering all others, as `import` does while one selects an area. Then it still
 * answers on RFB, where it is asked only then, because it logs each connection.
 */
async function lookAtDisplay(
  screen: () => Promise<Screen>,
  rfb: string | undefined,
  patience: number,
): Promise<Finding> {
  const roundTrip = screen().then(async ({ x }): Promise<Finding> => {
    await x.ask(getGeometry(x.root));
    return "well";
  });
  return rfb === undefined ? roundTrip : orAfter(patience, roundTrip, () => answers(rfb, patience));
}

/** Whether the X server answers says nothing about the desktop. */
function lookAtDesktop(
  screen: () => Promise<Screen>,
  { backdrop, panel }: NonNullable<SessionPlaces["parts"]>,
  patience: number,
): Look {
  let hadPanel = false;
  const look = async (): Promise<Finding> => {
    const found = await findParts(await screen());
    hadPanel ||= found.has(panel);
    const wanted = [WINDOW_MANAGER, backdrop, ...(hadPanel ? [panel] : [])];
    const missing = wanted.filter((part) => !found.has(part));
    return missing.length === 0 ? "well" : { wrong: `${missing.join(" and ")} ended and did not come back` };
  };
  return () =>
    orAfter<Finding>(
      patience,
      look().catch((): Finding => "unknown"),
      async () => "unknown",
    );
}

/** The promise's value, or after so many milliseconds that of the other. */
function orAfter<T>(patience: number, promise: Promise<T>, other: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => other().then(resolve, reject), patience);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}

/** A connection to the X server, with the atoms that the looks need. */
interface Screen {
  readonly x: XConnection;
  readonly managerCheck: number;
  readonly clientList: number;
}

/** Returns the connection, which is made at the first call and again after it ended. */
function keepConnected({ path, readCookie }: XServerPlace): () => Promise<Screen> {
  let kept: Promise<Screen> | undefined;
  const forget = () => {
    kept = undefined;
  };
  const open = async (): Promise<Screen> => {
    const x = await connectX(path, readCookie());
    void x.ended.then(forget);
    const atom = async (name: string) => (await x.ask(internAtom(name))).readUInt32LE(8);
    const [managerCheck, clientList] = [
      await atom("_NET_SUPPORTING_WM_CHECK"),
      await atom("_NET_CLIENT_LIST"),
    ];
    return { x, managerCheck, clientList };
  };
  return () => {
    if (kept === undefined) {
      kept = open();
      kept.catch(forget);
    }
    return kept;
  };
}

const WINDOW_MANAGER = "the window manager";
/** Predefined atom. */
const WM_CLASS = 67;
/** Bytes: a thousand windows. */
const LONGEST = 4_096;

/** The parts of the desktop that are there: the window manager, and the classes of the windows in lower case. */
async function findParts({ x, managerCheck, clientList }: Screen): Promise<ReadonlySet<string>> {
  const windows = await readNumbers(x, x.root, clientList);
  const classes = await Promise.all(windows.map((window) => readText(x, window, WM_CLASS)));
  const found = new Set(classes.flatMap((names) => names.toLowerCase().split("\0")));
  // Both properties of the root window stay when the window manager has ended, but not the window that this one names.
  const [own] = await readNumbers(x, x.root, managerCheck);
  const named = own === undefined ? [] : await readNumbers(x, own, managerCheck).catch(() => []);
  if (own !== undefined && named[0] === own) found.add(WINDOW_MANAGER);
  return found;
}

async function readNumbers(x: XConnection, window: number, property: number): Promise<number[]> {
  const value = dataOf(await x.ask(readProperty(window, property, LONGEST)));
  return Array.from({ length: value.length >> 2 }, (_, index) => value.readUInt32LE(index * 4));
}

/** The text of a property; empty when the window has gone meanwhile. */
async function readText(x: XConnection, window: number, property: number): Promise<string> {
  const reply = await x.ask(readProperty(window, property, LONGEST)).catch(() => undefined);
  return reply === undefined ? "" : dataOf(reply).toString("latin1");
}

/** The value in a reply to GetProperty, whose length counts items of 8 or 32 bits. */
function dataOf(reply: Buffer): Buffer {
  return reply.subarray(32, 32 + reply.readUInt32LE(16) * ((reply[1] ?? 0) >> 3));
}

/**
 * Resolves when a server says something, after a greeting if it wants one. To be connected is not enough: the kernel
 * accepts connections for a process that is frozen.
 */
function answers(path: string, patience: number, greeting = ""): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.setTimeout(patience, () => socket.destroy(new Error("no answer")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("it hangs up")));
    socket.once("data", () => {
      resolve("well");
      socket.destroy();
    });
    if (greeting !== "") socket.write(greeting);
  });
}
