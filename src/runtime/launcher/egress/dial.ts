import { connect, isIPv6, type LookupFunction, type Socket } from "node:net";
import type { Located } from "../policy.ts";

/** Milliseconds after which the next address of several is tried. */
const NEXT_ADDRESS = 1_000;

/**
 * Connects to the first of a destination's judged addresses that answers; its name is not looked up again. Throws when
 * none does within `timeout` milliseconds.
 */
export function dial({ host, port, addresses }: Located, timeout: number): Promise<Socket> {
  const judged = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  // Node asks for all of them, since it is to try one after another.
  const lookup: LookupFunction = (_name, _options, callback) => callback(null, judged);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
    });
    const late = Object.assign(new Error(`${host} does not answer`), { code: "ETIMEDOUT" });
    const timer = setTimeout(() => socket.destroy(late), timeout);
    socket.once("close", () => clearTimeout(timer));
    socket.once("error", reject);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
