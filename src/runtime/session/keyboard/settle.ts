import { connect } from "node:net";
import type { Log } from "../../log/log.ts";
import { feed, pressKey } from "../../rfb/client.ts";
import { keepKeysSpare } from "./keep.ts";

/** A display whose keyboard is to be settled. */
export interface SettleOptions {
  /** Socket of the X server. */
  readonly path: string;
  readonly readCookie: () => Buffer;
  /** Socket on which it speaks RFB. */
  readonly rfb: string;
  readonly log: Log;
}

/**
 * Brings the keys of a new display server to where they stay, before any program looks at them. Otherwise the first key of a
 * visitor, and the making of spare keys, would have the desktop take all its shortcuts anew, and one that is pressed
 * meanwhile may be lost. Never rejects.
 */
export async function settleKeyboard({ path, readCookie, rfb, log }: SettleOptions): Promise<void> {
  await touchKey(rfb);
  await keepKeysSpare(path, readCookie, log);
}

/** Shift_L: it does nothing by itself. */
const SHIFT = 0xffe1;
const PATIENCE = 2_000;

/**
 * Presses a key as visitors do. X tells all programs of a new keyboard when another one than before is used, also when
 * it is just the same, and the visitors' is not the one that a server starts with. Ends in any case.
 */
function touchKey(rfb: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path: rfb });
    const take = feed(pressKey((bytes) => socket.write(bytes), SHIFT));
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.on("error", () => {});
    socket.once("close", () => resolve());
    socket.on("data", (chunk) => {
      try {
        if (take(chunk)) socket.destroy();
      } catch {
        socket.destroy();
      }
    });
  });
}
