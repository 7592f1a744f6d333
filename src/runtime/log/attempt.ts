import type { Log } from "./log.ts";

/** What a failure is called in the log, and what to do about it. */
export interface Trouble {
  readonly event: string;
  /** What follows from it and what to do, in a sentence or two. */
  readonly advice: string;
}

/** What `effect` gives, or undefined and a log line when it throws: the rest of the container goes on. */
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
