import type { Log } from "./log.ts";

/** What `effect` gives, or undefined and a log line when it throws: the rest of the container goes on. */
export function attempt<T>(log: Log, event: string, effect: () => T): T | undefined {
  try {
    return effect();
  } catch (error) {
    log.error({ event, message: String(error) });
    return undefined;
  }
}
