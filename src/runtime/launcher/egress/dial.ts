import { connect, isIPv6, type LookupFunction, type Socket } from "node:net";
import type { Located } from "../policy.ts";

/** Milliseconds until the next of several addresses is tried. */
const NEXT_ADDRESS = 1_000;

/**
 * Connects to the first judged address of a destination that answers, without another lookup of its name. Throws when
 * none answers within `timeout` milliseconds.
 */
export function dial({ host, port, addresses }: Located, timeout: number): Promise<Socket> {
  const judged = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  // With autoSelectFamily Node asks for all addresses and tries one after the other.
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
