import type { Log } from "../../log/log.ts";
import { pressKey, runClient } from "../../rfb/client.ts";
import { keepKeysSpare } from "./keep.ts";
import { setLayout } from "./layout.ts";

/** A display whose keyboard is to be settled. */
export interface SettleOptions {
  /** Socket of the X server. */
  readonly path: string;
  readonly readCookie: () => Buffer;
  /** Socket on which it speaks RFB. */
  readonly rfb: string;
  /** Of the display's programs; it may name a layout. */
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
}

/**
 * Changes the keys of a new display server before any program looks at them. Otherwise the first key of a client and
 * the making of spare keys would each make the desktop register all its shortcuts again, and a shortcut pressed
 * meanwhile may be lost. Never rejects.
 */
export async function settleKeyboard({
  path,
  readCookie,
  rfb,
  environment,
  log,
}: SettleOptions): Promise<void> {
  // X tells all programs of a new keyboard whenever another device than before is used, even one with the same keys, and
  // the device of RFB clients is not the one that a server starts with. So one key is pressed the way they do it.
  await runClient(rfb, PATIENCE, (send) => pressKey(send, SHIFT));
  await setLayout(environment, log);
  await keepKeysSpare(path, readCookie, log);
}

/** Shift_L: pressed alone it does nothing. */
const SHIFT = 0xffe1;
/** Milliseconds for that key. */
const PATIENCE = 2_000;
