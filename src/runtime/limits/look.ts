import type { Limits } from "./settings.ts";

/** The marks of the session. Times are milliseconds on one clock. */
export interface Marks {
  /** Last input. */
  readonly input: number;
  /** When somebody opened the desktop first; undefined while nobody has. */
  readonly began: number | undefined;
}

/** Which limit. */
export type Cause = "idle" | "longest";

/** What a look at the session gives. */
export interface Look {
  /** The limit that is reached, or soon will be. */
  readonly cause?: Cause;
  /** Milliseconds until it is reached; 0 or less when it is. */
  readonly left?: number;
  /** Milliseconds until the next look. */
  readonly again: number;
}

/** People are warned for so long, or for a quarter of a short limit. */
const NOTICE: Readonly<Record<Cause, number>> = { idle: 60_000, longest: 5 * 60_000 };
/** Between looks: the clock of a machine that slept may have jumped. */
const [SELDOM, OFTEN] = [60_000, 1_000];

/** Looks whether a limit is reached, or so near that people have to know. */
export function lookAt({ idle, longest }: Limits, { input, began }: Marks, now: number): Look {
  const ends = [
    ...(idle === undefined ? [] : [{ cause: "idle" as const, limit: idle, at: input + idle }]),
    ...(longest === undefined || began === undefined
      ? []
      : [{ cause: "longest" as const, limit: longest, at: began + longest }]),
  ];
  const [first] = ends.sort((a, b) => a.at - b.at);
  if (!first) return { again: SELDOM };
  const { cause, limit, at } = first;
  const [left, notice] = [at - now, Math.min(NOTICE[cause], limit / 4)];
  if (left > notice) return { again: Math.min(SELDOM, left - notice) };
  return { cause, left, again: Math.max(0, Math.min(OFTEN, left)) };
}
