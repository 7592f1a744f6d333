import { setTimeout as delay } from "node:timers/promises";
import { connectX, type XConnection } from "../x11/connect.ts";
import { BUTTON_PRESS, BUTTON_RELEASE, fakeInput, MOTION, queryExtension } from "../x11/requests.ts";

/** Milliseconds between attempts to reach the X server: motion comes a hundred times a second. */
const RETRY = 500;

/** Moves the desktop's pointer like a real mouse. */
export interface VirtualMouse {
  /** Relative, in pixels. Programs that read raw motion also get the motion beyond the screen's edges. */
  move(dx: number, dy: number): void;
  button(button: number, down: boolean): void;
  close(): void;
}

/**
 * Uses the X server's XTEST extension over a connection that is opened at first use, and again after a restart of the
 * server. Input without a server is dropped.
 */
export function createVirtualMouse(path: string, readCookie: () => Buffer): VirtualMouse {
  let joined: Promise<Reach | undefined> | undefined;
  const join = () => {
    if (joined) return joined;
    const attempt = reach(path, readCookie).catch(() => undefined);
    joined = attempt;
    void attempt.then(async (reached) => {
      if (reached) await reached.x.ended;
      else await delay(RETRY, undefined, { ref: false });
      if (joined === attempt) joined = undefined;
    });
    return attempt;
  };
  // All wait for the same connection, so the order is kept.
  const fake = (type: number, detail: number, dx = 0, dy = 0) =>
    void join().then((reached) => reached?.x.send(fakeInput(reached.opcode, { type, detail, dx, dy })));
  return {
    move: (dx, dy) => fake(MOTION, RELATIVE, dx, dy),
    button: (button, down) => fake(down ? BUTTON_PRESS : BUTTON_RELEASE, button),
    close: () => void joined?.then((reached) => reached?.x.close()),
  };
}

const RELATIVE = 1;

interface Reach {
  readonly x: XConnection;
  /** Number of the extension's requests. */
  readonly opcode: number;
}

async function reach(path: string, readCookie: () => Buffer): Promise<Reach | undefined> {
  const x = await connectX(path, readCookie());
  const extension = await x.ask(queryExtension("XTEST"));
  if (extension[8]) return { x, opcode: extension.readUInt8(9) };
  x.close();
  return undefined;
}
