import type { ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";

/** Milliseconds that the event loop of a healthy process may lag. */
const MOST_LAG = 1_000;

/**
 * Milliseconds that the event loop takes for the rest of this turn and one more, after which everything that was
 * waiting has run. Measured on request only, so that an idle process sleeps.
 */
export async function measureLag(): Promise<number> {
  const begin = performance.now();
  await turn();
  await turn();
  return performance.now() - begin;
}

/** Answers /healthz with the lag of the event loop: 200, or 503 when it is over a second. */
export async function answerHealth(response: ServerResponse): Promise<void> {
  const lag = await measureLag();
  const well = lag <= MOST_LAG;
  const body = JSON.stringify({ status: well ? "ok" : "lagging", lag: Math.round(lag * 10) / 10 });
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", body.length);
  response.writeHead(well ? 200 : 503).end(body);
}
