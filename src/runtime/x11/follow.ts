import { setTimeout as delay } from "node:timers/promises";
import { connectX, type XConnection } from "./connect.ts";

/** An X server's socket, and the cookie that lets clients in. */
export interface XServerPlace {
  readonly path: string;
  readCookie(): Buffer;
}

/** Milliseconds until a refused or lost connection is made again. */
const RETRY = 100;

/**
 * Connects to the X server, again whenever the connection or `follow` fails, until `follow` is done or the signal is
 * aborted. No connection is left then.
 */
export async function followX(
  { path, readCookie }: XServerPlace,
  signal: AbortSignal,
  follow: (x: XConnection) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const x = await connectX(path, readCookie());
      const close = () => x.close();
      signal.addEventListener("abort", close, { once: true });
      if (signal.aborted) close();
      await follow(x).finally(() => {
        signal.removeEventListener("abort", close);
        close();
      });
      return;
    } catch {
      // There is no X server yet, or no longer.
      await delay(RETRY);
    }
  }
}
