import { constants } from "node:os";
import type { Exit } from "./model.ts";

/** The numbers of the policy, in milliseconds (docs/internals/supervision.md gives the reasons). */
export const POLICY = {
  /** First pause of the back-off; doubles with every further death. */
  firstDelay: 200,
  /** The back-off never grows beyond this. */
  longestDelay: 10_000,
  /** Every pause is longer or shorter by up to this share, so that services do not restart in step. */
  jitter: 0.2,
  /** A death sooner than this after readiness counts as unready: otherwise "ready and exit" would spin. */
  stableAfter: 1_000,
  /** So long ready, and the back-off begins anew. */
  resetAfter: 60_000,
  /** So many unready deaths within `deathWindow`, and the service is given up. */
  deathLimit: 5,
  deathWindow: 30_000,
  /** A given-up service is tried again at this interval. */
  degradedRetry: 60_000,
  /** On stop: from here on nobody waits for the order any more, … */
  hurryAfter: 6_500,
  /** … here whatever lives is killed, … */
  lastAfter: 8_000,
  /** … and here the supervisor leaves whatever happens: inside Docker's 10 s. */
  leaveAfter: 8_500,
} as const;

/** Exit code by which a service says that it must not be restarted (the convention of s6). */
export const EXIT_NO_RESTART = 125;

/**
 * Milliseconds to wait before the attempt after `rank` deaths in a row; `random` in [0, 1) gives the jitter.
 * Rank 0 is a first death after a ready life: at once.
 */
export function pause(rank: number, random: number): number {
  if (rank === 0) return 0;
  const nominal = Math.min(POLICY.firstDelay * 2 ** (rank - 1), POLICY.longestDelay);
  return Math.round(nominal * (1 + POLICY.jitter * (2 * random - 1)));
}

/** What the container exits with when a critical service failed like this: its code, or 128 + signal. */
export function exitCodeOf({ code, signal: deadly }: Exit): number {
  if (deadly !== null) return 128 + (constants.signals[deadly as NodeJS.Signals] ?? 0);
  return code === null || code === 0 ? 1 : code;
}
