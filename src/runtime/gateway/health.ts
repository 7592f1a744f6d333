import type { ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";

/** Milliseconds; a process whose event loop lags more serves nobody well. */
const MOST_LAG = 1_000;

/**
 * Milliseconds that the event loop takes for the rest of this turn and one more: everything that waits has had its
 * turn then. Measured when asked; nothing runs in between, so that an idle process sleeps.
 */
export async function measureLag(): Promise<number> {
  const begin = performance.now();
  await turn();
  await turn();
  return performance.now() - begin;
}

/** Answers /healthz: that the process lives and how much its event loop lags, with 503 when that is over a second. */
export async function answerHealth(response: ServerResponse): Promise<void> {
  const lag = await measureLag();
  const well = lag <= MOST_LAG;
  const body = JSON.stringify({ status: well ? "ok" : "lagging", lag: Math.round(lag * 10) / 10 });
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", body.length);
  response.writeHead(well ? 200 : 503).end(body);
}
