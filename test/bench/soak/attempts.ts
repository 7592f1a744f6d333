import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "../context.ts";

/** How often something was tried and how often it failed. */
export interface Attempts {
  readonly tried: number;
  readonly failed: number;
  /** The first failure. */
  readonly reason?: string;
}

/** Counts, and keeps the reason of the first failure. */
export function createCounter() {
  let counted: Attempts = { tried: 0, failed: 0 };
  return {
    get attempts() {
      return counted;
    },
    succeeded() {
      counted = { ...counted, tried: counted.tried + 1 };
    },
    failed(why: unknown) {
      const { tried, failed, reason = String(why) } = counted;
      counted = { tried: tried + 1, failed: failed + 1, reason };
    },
  };
}

/** Milliseconds: longer than that no `docker exec` may take. */
const EXEC_TIMEOUT = 30_000;
const PAUSE = 200;

/** Runs `true` in a container again and again until `stop` is called, which returns the result. */
export function watchExec({ engine, signal }: Context, container: string): { stop(): Promise<Attempts> } {
  const counter = createCounter();
  const stopped = new AbortController();
  const both = AbortSignal.any([signal, stopped.signal]);
  const loop = async () => {
    while (!both.aborted) {
      const outcome = await engine.attempt(["exec", container, "true"], { signal, timeout: EXEC_TIMEOUT });
      if (outcome.ok) counter.succeeded();
      else counter.failed(outcome.timedOut ? "no answer in 30 s" : outcome.stderr.trim());
      await delay(PAUSE, undefined, { signal: both }).catch(() => {});
    }
  };
  // An abort ends the whole bench, which reports it.
  const done = loop().catch(() => {});
  return {
    async stop() {
      stopped.abort();
      await done;
      return counter.attempts;
    },
  };
}
