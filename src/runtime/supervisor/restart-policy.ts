import { constants } from "node:os";
import type { Exit } from "./model.ts";

/** The numbers of the policy, in milliseconds (docs/internals/supervision.md gives the reasons). */
export const POLICY = {
  /** First pause of the back-off; doubles with every further death. */
  firstDelay: 200,
  /** Longest pause of the back-off. */
  longestDelay: 5_000,
  /** Every pause varies by up to this share, so that services do not restart in step. */
  jitter: 0.2,
  /** A death sooner than this after readiness counts as unready, so that "ready, then exit" does not loop. */
  stableAfter: 1_000,
  /** After being ready for this long the back-off starts again. */
  resetAfter: 10_000,
  /** After this many unready deaths within `deathWindow` the service is given up. */
  deathLimit: 5,
  deathWindow: 30_000,
  /** A given-up service is tried again at this interval. */
  degradedRetry: 10_000,
  /** A death is forgiven when a service that it needed is reported dead within this time. */
  forgiveWithin: 500,
  /** Visitors end all pauses, but at most once in this time. */
  visitPause: 2_000,
  /** How often it is looked whether a service is still well; two bad looks in a row make it unhealthy. */
  lookInterval: 3_000,
  /** A service that has been unhealthy for this long is restarted, … */
  unhealthyLimit: 30_000,
  /** … so many times in a row: then it is left as it is, for parts of it may work. */
  repairLimit: 3,
  /** After a stop: from here on all services are signalled, whatever needs them; … */
  hurryAfter: 6_500,
  /** … here every living service is killed; … */
  lastAfter: 8_000,
  /** … and here the supervisor exits in any case: within Docker's 10 s. */
  leaveAfter: 8_500,
} as const;

/** Exit code of a service that must not be restarted (the convention of s6). */
export const EXIT_NO_RESTART = 125;

/**
 * Milliseconds to wait before the next start after `rank` deaths in a row; `random` in [0, 1) gives the jitter. Rank 0,
 * the first death after being ready, restarts at once.
 */
export function pause(rank: number, random: number): number {
  if (rank === 0) return 0;
  const nominal = Math.min(POLICY.firstDelay * 2 ** (rank - 1), POLICY.longestDelay);
  return Math.round(nominal * (1 + POLICY.jitter * (2 * random - 1)));
}

/** The container's exit code when a critical service failed: the service's code, or 128 + its signal. */
export function exitCodeOf({ code, signal: deadly }: Exit): number {
  if (deadly !== null) return 128 + (constants.signals[deadly as NodeJS.Signals] ?? 0);
  return code === null || code === 0 ? 1 : code;
}
