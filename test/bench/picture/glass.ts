import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../../../src/model/error.ts";
import { readCookie, writeXauthority } from "../../../src/runtime/boot/xauthority.ts";
import { connectX, type XConnection } from "../../../src/runtime/x11/connect.ts";
import {
  BUTTON_PRESS,
  BUTTON_RELEASE,
  createDamage,
  fakeInput,
  getImage,
  MOTION,
  queryDamageVersion,
  queryExtension,
  subtractDamage,
} from "../../../src/runtime/x11/requests.ts";
import { freeDisplay } from "../../helpers/free-display.ts";
import type { Context } from "../context.ts";
import { stopChild } from "../load/children.ts";
import type { XPlace } from "./content/painter.ts";
import { destroyDamage } from "./content/requests.ts";
import type { Area, Raster } from "./raster.ts";

/**
 * The screen of somebody who looks at a desktop with a browser: an X server of this machine. What is on it is what the
 * browser shows, whatever it is made of; keys and clicks come from it as from a keyboard and a mouse.
 */
export interface Glass {
  /** For the browser. */
  readonly environment: Readonly<Record<string, string>>;
  read(area: Area): Promise<Raster>;
  /** Calls `look` whenever something on the screen has changed. Returns a function that ends it. */
  watch(look: () => Promise<void>): () => void;
  press(key: number): void;
  click(): void;
  point(x: number, y: number): void;
  /** Throws E_MACHINE when the screen's X server has ended. */
  requireAlive(): void;
}

/** A large screen, so that no window of a browser is cut off. */
const SIZE = "4096x2304";
/** Characters of the X server's log that are kept. */
const LONGEST_LOG = 2_000;

/** Starts a screen, which is there until the bench ends. Throws E_MACHINE without TigerVNC. */
export async function openGlass(context: Context): Promise<Glass> {
  const number = freeDisplay();
  const authority = path.join(context.scratch, "glass.Xauthority");
  writeXauthority([authority], number);
  const options = ["-geometry", SIZE, "-depth", "24", "-SecurityTypes", "None", "-rfbport", "-1"];
  const child = spawn("Xtigervnc", [`:${number}`, ...options, "-auth", authority, "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await once(child, "spawn").catch((cause: unknown) => {
    throw new KasmixError("E_MACHINE", `Xtigervnc does not start: ${cause}`, {
      cause,
      fix: "On Debian: apt-get install tigervnc-standalone-server",
    });
  });
  context.atEnd(() => stopChild(child));
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = `${said}${text}`.slice(-LONGEST_LOG);
  });
  const cookie = readCookie(authority, number);
  const x = await connectWhenReady({ socket: `/tmp/.X11-unix/X${number}`, cookie }, child, context.signal);
  context.atEnd(async () => x.close());
  const [input, damage] = [await extension(x, "XTEST"), await extension(x, "DAMAGE")];
  await x.ask(queryDamageVersion(damage));
  const send = (type: number, detail: number, dx = 0, dy = 0) =>
    x.send(fakeInput(input, { type, detail, dx, dy }));
  return {
    environment: { DISPLAY: `:${number}`, XAUTHORITY: authority },
    read: (area) => readArea(x, area),
    watch: (look) => watchDamage(x, damage, look),
    press(key) {
      send(KEY_PRESS, key);
      send(KEY_RELEASE, key);
    },
    click() {
      send(BUTTON_PRESS, 1);
      send(BUTTON_RELEASE, 1);
    },
    point: (left, top) => send(MOTION, 0, left, top),
    requireAlive() {
      if (child.exitCode === null && child.signalCode === null) return;
      const end = child.signalCode ?? child.exitCode;
      throw new KasmixError(
        "E_MACHINE",
        `The X server of the browser's screen has ended (${end}). It said:\n${said}`,
      );
    },
  };
}

const [KEY_PRESS, KEY_RELEASE] = [2, 3];

/** Connects to an X server that is being started. Throws the last failure after ten seconds. */
export async function connectWhenReady(
  { socket, cookie }: XPlace,
  child: ChildProcess | undefined,
  signal: AbortSignal,
): Promise<XConnection> {
  for (const deadline = performance.now() + 10_000; ; ) {
    try {
      return await connectX(socket, cookie);
    } catch (error) {
      if (performance.now() > deadline || (child && child.exitCode !== null)) throw error;
    }
    await delay(50, undefined, { signal });
  }
}

/** A part of an X server's screen. */
export async function readArea(x: XConnection, area: Area): Promise<Raster> {
  const reply = await x.ask(getImage(x.root, area));
  return { width: area.width, height: area.height, pixels: reply.subarray(32) };
}

/** The number of an extension's requests. */
async function extension(x: XConnection, name: string): Promise<number> {
  const [present, opcode = 0] = (await x.ask(queryExtension(name))).subarray(8, 10);
  if (present !== 1) throw new Error(`The X server has no ${name}.`);
  return opcode;
}

function watchDamage(x: XConnection, opcode: number, look: () => Promise<void>): () => void {
  const damage = x.newId();
  let [isOver, isLooking, isDamaged] = [false, false, false];
  const follow = async () => {
    isLooking = true;
    while (isDamaged && !isOver) {
      isDamaged = false;
      // Before the look: what changes after it is another event.
      x.send(subtractDamage(opcode, damage));
      await look();
    }
    isLooking = false;
  };
  const stop = x.onEvent(() => {
    isDamaged = true;
    if (!isLooking) follow().catch(() => {});
  });
  x.send(createDamage(opcode, damage, x.root));
  return () => {
    isOver = true;
    stop();
    x.send(destroyDamage(opcode, damage));
  };
}
