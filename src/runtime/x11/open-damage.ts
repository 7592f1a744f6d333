import type { XConnection } from "./connect.ts";
import { createDamage, getGeometry, queryDamageVersion, queryExtension, subtractDamage } from "./requests.ts";

/** What the X server reports of drawings on the screen: one report, and the next one after `takeBack`. */
export interface Damage {
  /** Resolves with the next report. Rejects when the connection ends. */
  next(): Promise<void>;
  /** Resolves once the server has begun to wait for the next drawing. */
  takeBack(): Promise<unknown>;
}

/** Asks for reports of drawings on the screen; undefined where the X server has no DAMAGE. */
export async function openDamage(x: XConnection): Promise<Damage | undefined> {
  const [present, opcode = 0, event] = (await x.ask(queryExtension("DAMAGE"))).subarray(8, 11);
  if (present !== 1) return undefined;
  const damage = x.newId();
  await x.ask(queryDamageVersion(opcode));
  x.send(createDamage(opcode, damage, x.root));
  return {
    next: () => nextEvent(x, event),
    takeBack() {
      x.send(subtractDamage(opcode, damage));
      return x.ask(getGeometry(x.root));
    },
  };
}

function nextEvent(x: XConnection, type: number | undefined): Promise<void> {
  const event = new Promise<void>((resolve, reject) => {
    const stop = x.onEvent(
      (message) => {
        if ((message[0] ?? 0) % 128 !== type) return;
        stop();
        resolve();
      },
      () => reject(new Error("the X server is gone")),
    );
  });
  // It may reject while it is not awaited.
  event.catch(() => {});
  return event;
}
