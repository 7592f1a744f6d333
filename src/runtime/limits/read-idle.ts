import { connectX } from "../x11/connect.ts";
import type { XServerPlace } from "../x11/follow.ts";
import { queryExtension, queryIdle } from "../x11/requests.ts";

/** Milliseconds for an answer. */
const PATIENCE = 2_000;

/**
 * Milliseconds since keys or mouse reached the desktop, whichever client sent them; undefined where no X server
 * answers.
 */
export async function readIdle({ path, readCookie }: XServerPlace): Promise<number | undefined> {
  try {
    const x = await connectX(path, readCookie());
    // A program that has grabbed the X server may keep it for itself.
    const timer = setTimeout(() => x.close(), PATIENCE);
    try {
      const [present, opcode = 0] = (await x.ask(queryExtension("MIT-SCREEN-SAVER"))).subarray(8, 10);
      // Nobody is disconnected because the X server cannot tell.
      return present === 1 ? (await x.ask(queryIdle(opcode, x.root))).readUInt32LE(16) : 0;
    } finally {
      clearTimeout(timer);
      x.close();
    }
  } catch {
    // The display is starting or has ended.
    return undefined;
  }
}
