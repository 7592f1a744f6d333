import type { Log } from "../log/log.ts";
import { networksOf } from "./client-address.ts";

/** Slows down guessing by network and account, so that nobody's guesses lock out others. */
export interface Throttle {
  /** Judges an attempt and counts it, unless it is admitted. */
  attempt(attempt: Attempt): Judgement;
}

export interface Attempt {
  /** The sender's address: see `TrustedProxies.clientOf`. */
  readonly address: string;
  /** What it signs in to; undefined for an account that does not exist. */
  readonly account: string | undefined;
  /** Whether the secret is right. */
  readonly right: boolean;
}

/** Whether the attempt is admitted; else the milliseconds to wait before the next one, 0 for none. */
export type Judgement = { readonly admitted: true } | { readonly admitted: false; readonly wait: number };

/**
 * Failures without a pause: from an IPv4 address or an IPv6 /64, and from an IPv6 /48, which many people may share or
 * one may have all of.
 */
const FREE_FAILURES = [5, 80] as const;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const FORGET_AFTER = 15 * 60_000;
/** Milliseconds between two log lines. */
const QUIET = 60_000;

interface Options {
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Networks, and accounts of networks, that are remembered; the oldest are forgotten first. @default 4096 */
  readonly capacity?: number;
  /** Told about a network whose pauses begin, once a minute at most. @default none */
  readonly log?: Log;
}

/**
 * The fifth failure causes a pause of 1 s, and each further one doubles it up to 60 s, until there was none for 15 minutes.
 * During the pause of an account in a network, not even the right secret is admitted there. So each network has five
 * guesses at an account and then one a minute (an IPv6 /48 has 80), and other networks and accounts are not affected.
 *
 * What a failed attempt is told depends only on all attempts of its network. So the answers tell neither whether the
 * account exists nor, during a pause, whether the secret is right.
 */
export function createThrottle({
  now = () => performance.now(),
  capacity = 4096,
  log,
}: Options = {}): Throttle {
  const networks = createCounters(now, capacity);
  const accounts = createCounters(now, capacity);
  const tell = log && teller(log, now);
  return {
    attempt({ address, account, right }) {
      const levels = networksOf(address).map((network, level) => ({
        network,
        free: FREE_FAILURES[level] ?? 0,
      }));
      const keys = account === undefined ? [] : levels.map(({ network }) => `${network} ${account}`);
      const held = Math.max(0, ...keys.map(accounts.wait));
      if (right && account !== undefined && held === 0) return { admitted: true };
      const wait = Math.max(held, ...levels.map(({ network }) => networks.wait(network)));
      levels.forEach(({ network, free }, level) => {
        const key = keys[level];
        // What is not admitted in any case is no guess.
        if (key !== undefined && held === 0) accounts.failed(key, free);
        if (networks.failed(network, free) === free) tell?.(address);
      });
      return { admitted: false, wait };
    },
  };
}

interface Counter {
  failures: number;
  until: number;
  last: number;
}

function createCounters(now: () => number, capacity: number) {
  const counters = new Map<string, Counter>();
  const current = (key: string) => {
    const counter = counters.get(key);
    return counter && now() - counter.last < FORGET_AFTER ? counter : undefined;
  };
  return {
    wait: (key: string) => Math.max(0, (current(key)?.until ?? 0) - now()),
    /** Counts a failure and returns how many there are. */
    failed(key: string, free: number): number {
      const failures = (current(key)?.failures ?? 0) + 1;
      const pause = failures < free ? 0 : FIRST_PAUSE * 2 ** (failures - free);
      // Deleted first, to keep the map in the order of the latest failure.
      counters.delete(key);
      counters.set(key, { failures, until: now() + Math.min(pause, LONGEST_PAUSE), last: now() });
      for (const oldest of counters.keys()) {
        if (counters.size <= capacity) break;
        counters.delete(oldest);
      }
      return failures;
    },
  };
}

function teller(log: Log, now: () => number): (address: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return (address) => {
    untold += 1;
    if (now() - last < QUIET) return;
    const others = untold > 1 ? ` ${untold - 1} other networks had such pauses meanwhile.` : "";
    const message = `Too many failed sign-ins from ${address}: further ones have to wait up to a minute.${others} If this is a proxy of yours, list it in KASMIX_TRUSTED_PROXIES.`;
    log.warn({ event: "signin.paused", address, message });
    [last, untold] = [now(), 0];
  };
}
