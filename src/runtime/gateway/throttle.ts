/** Counts failed logins per remote address and says how long an address has to wait. */
export interface Throttle {
  /** Milliseconds until the address may try again; 0 when it may now. */
  wait(address: string): number;
  failed(address: string): void;
  succeeded(address: string): void;
}

const FREE_FAILURES = 5;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const FORGET_AFTER = 15 * 60_000;

interface Entry {
  failures: number;
  until: number;
  last: number;
}

/**
 * Five failures are free, the fifth brings a pause of 1 s, every further one doubles it up to 60 s. An address
 * is forgotten after a success or 15 quiet minutes; at most `capacity` are remembered, the oldest go first.
 */
export function createThrottle({ now = () => performance.now(), capacity = 4096 } = {}): Throttle {
  const entries = new Map<string, Entry>();
  const current = (address: string) => {
    const entry = entries.get(address);
    return entry && now() - entry.last < FORGET_AFTER ? entry : undefined;
  };
  return {
    wait: (address) => Math.max(0, (current(networkOf(address))?.until ?? 0) - now()),
    failed(address) {
      const network = networkOf(address);
      const failures = (current(network)?.failures ?? 0) + 1;
      const pause = failures < FREE_FAILURES ? 0 : FIRST_PAUSE * 2 ** (failures - FREE_FAILURES);
      // Deleted first, so that the map stays in the order of the latest failure.
      entries.delete(network);
      entries.set(network, { failures, until: now() + Math.min(pause, LONGEST_PAUSE), last: now() });
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
    succeeded: (address) => void entries.delete(networkOf(address)),
  };
}

/** An IPv4 address as it is; of an IPv6 address the first 64 bits, since whoever has one has them all. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(Math.max(zeros, 0)).fill("0"), ...right].slice(0, 4).join(":");
}
