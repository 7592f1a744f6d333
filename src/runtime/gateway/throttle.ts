import { networkOf } from "./network-of.ts";

/** Counts failed sign-ins per remote address and makes an address wait after too many. */
export interface Throttle {
  /** Milliseconds until the address may try again; 0 when it need not wait. */
  wait(address: string): number;
  /** `name` is the user that it signs in as. @default one user for all */
  failed(address: string, name?: string): void;
  succeeded(address: string, name?: string): void;
}

const FREE_FAILURES = 5;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const FORGET_AFTER = 15 * 60_000;

interface Entry {
  failures: number;
  until: number;
  last: number;
  /** The user of all failures; undefined for several users. */
  name: string | undefined;
}

/** Longer than any user's name, and short enough to store. */
const LONGEST_NAME = 128;

/**
 * The fifth failure causes a pause of 1 s, and each further failure doubles it up to 60 s. An address is forgotten
 * after 15 minutes without failures, or after a success of the user that failed: knowing one password must not give
 * more attempts at another user's. At most `capacity` addresses are remembered; the oldest are forgotten first.
 */
export function createThrottle({ now = () => performance.now(), capacity = 4096 } = {}): Throttle {
  const entries = new Map<string, Entry>();
  const current = (address: string) => {
    const entry = entries.get(address);
    return entry && now() - entry.last < FORGET_AFTER ? entry : undefined;
  };
  return {
    wait: (address) => Math.max(0, (current(networkOf(address))?.until ?? 0) - now()),
    failed(address, name = "") {
      const network = networkOf(address);
      const before = current(network);
      const failures = (before?.failures ?? 0) + 1;
      const pause = failures < FREE_FAILURES ? 0 : FIRST_PAUSE * 2 ** (failures - FREE_FAILURES);
      // Deleted first, to keep the map in the order of the latest failure.
      entries.delete(network);
      entries.set(network, {
        failures,
        until: now() + Math.min(pause, LONGEST_PAUSE),
        last: now(),
        name: before && before.name !== cut(name) ? undefined : cut(name),
      });
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
    succeeded(address, name = "") {
      const network = networkOf(address);
      if (entries.get(network)?.name === cut(name)) entries.delete(network);
    },
  };
}

function cut(name: string): string {
  return name.slice(0, LONGEST_NAME);
}
