import type { Log } from "./log.ts";

/** How a failure is logged. */
export interface Trouble {
  readonly event: string;
  /** The consequence and what to do, in a sentence or two. */
  readonly advice: string;
}

/** Runs `effect`. When it throws, logs that and returns undefined, so that the rest of the container starts. */
export function attempt<T>(log: Log, { event, advice }: Trouble, effect: () => T): T | undefined {
  try {
    return effect();
  } catch (error) {
    log.error({ event, message: `${reasonOf(error)}. ${advice}` });
    return undefined;
  }
}

/** An error's message, without its class. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
