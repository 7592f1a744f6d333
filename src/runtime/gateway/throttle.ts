import type { Log } from "../log/log.ts";
import { networksOf } from "./client-address.ts";

/** Slows down guessing by network and account, so that nobody's guesses lock out others. */
export interface Throttle {
  /** Judges an attempt and counts it. */
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
 * Failures without a pause: in a row from one network, altogether from it, and altogether from an IPv6 /48, which many
 * people may share or one may have all of.
 */
const FREE = { inRow: 5, altogether: 30, ofSite: 80 } as const;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const FORGET_AFTER = 15 * 60_000;
/** Milliseconds between two log lines. */
const QUIET = 60_000;

interface Options {
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Counts of networks, and of accounts in networks, that are remembered; the oldest are forgotten first. @default 8192 */
  readonly capacity?: number;
  /** Told about a network whose pauses begin, once a minute at most. @default none */
  readonly log?: Log;
}

/**
 * The fifth failure causes a pause of 1 s, and each further one doubles it up to 60 s. Failures are forgotten after 15
 * minutes without another. Those in a row are also forgotten at a success of the same account; the others are not, or
 * guessing would be free beside somebody who keeps signing in. During the pause of an account in a network, not even the
 * right secret is admitted there; other networks and accounts are not affected. So each network has 5 guesses at an
 * account, or 30 beside successes, and then one a minute.
 *
 * What a failed attempt is told depends on all attempts of its network, not on the account's. So the answers tell
 * neither whether the account exists nor, during a pause, whether the secret is right.
 */
export function createThrottle({
  now = () => performance.now(),
  capacity = 8192,
  log,
}: Options = {}): Throttle {
  const networks = createCounters(now, capacity);
  const accounts = createCounters(now, capacity);
  const tell = log && teller(log, now);
  return {
    attempt({ address, account, right }) {
      const levels = levelsOf(address);
      const keyOf = ({ key }: Level) => `${key} ${account}`;
      const held = account === undefined ? 0 : longest(levels, (level) => accounts.wait(keyOf(level)));
      if (right && account !== undefined && held === 0) {
        for (const level of levels.filter(({ inRow }) => inRow)) {
          accounts.forget(keyOf(level), account);
          networks.forget(level.key, account);
        }
        return { admitted: true };
      }
      const wait = Math.max(
        held,
        longest(levels, ({ key }) => networks.wait(key)),
      );
      for (const level of levels) {
        // What would not be admitted in any case is no guess.
        if (account !== undefined && held === 0) accounts.failed(keyOf(level), level.free, account);
        const failures = networks.failed(level.key, level.free, account);
        if (level.inRow && failures === level.free) tell?.(address);
      }
      return { admitted: false, wait };
    },
  };
}

/** Failures that are counted together, and how many of them are free. */
interface Level {
  readonly key: string;
  readonly free: number;
  /** Whether a success begins a new count. */
  readonly inRow: boolean;
}

function levelsOf(address: string): readonly Level[] {
  const [network = "", site] = networksOf(address);
  return [
    { key: `${network} in a row`, free: FREE.inRow, inRow: true },
    { key: network, free: FREE.altogether, inRow: false },
    ...(site === undefined ? [] : [{ key: site, free: FREE.ofSite, inRow: false }]),
  ];
}

function longest(levels: readonly Level[], wait: (level: Level) => number): number {
  return Math.max(...levels.map(wait));
}

interface Counter {
  readonly failures: number;
  readonly until: number;
  readonly last: number;
  /** The account of all failures; undefined for several, or for one that does not exist. */
  readonly account: string | undefined;
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
    failed(key: string, free: number, account: string | undefined): number {
      const before = current(key);
      const failures = (before?.failures ?? 0) + 1;
      const pause = failures < free ? 0 : FIRST_PAUSE * 2 ** (failures - free);
      // Deleted first, to keep the map in the order of the latest failure.
      counters.delete(key);
      counters.set(key, {
        failures,
        until: now() + Math.min(pause, LONGEST_PAUSE),
        last: now(),
        account: before && before.account !== account ? undefined : account,
      });
      for (const oldest of counters.keys()) {
        if (counters.size <= capacity) break;
        counters.delete(oldest);
      }
      return failures;
    },
    /** Forgets the failures if all are of this account. */
    forget(key: string, account: string): void {
      if (counters.get(key)?.account === account) counters.delete(key);
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
