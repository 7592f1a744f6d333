import type { IncomingMessage } from "node:http";
import { KasmixError } from "../../model/error.ts";
import type { Order } from "../supervisor/model.ts";
import type { ServiceReport } from "../supervisor/report.ts";
import type { ControlClient } from "./client.ts";
import { linesOf } from "./lines-of.ts";
import { renderExit } from "./render-report.ts";

/** The result of an order. */
export interface Settled {
  readonly service: string;
  readonly status: string;
  /** Why the order failed; undefined on success. */
  readonly failure?: string;
}

export interface SettleOptions {
  /** Milliseconds for all services together. */
  readonly timeout: number;
  readonly onSettled: (settled: Settled) => void;
}

/**
 * Gives an order to services and waits until each has carried it out: it is ready (or ended with exit code 0), or
 * stopped. A service that dies instead, or takes too long, is a failure among the results. An order without effect, such
 * as starting a running service, is no failure. Throws E_NOT_READY when the container is stopping, and E_ENGINE when the
 * supervisor ends.
 */
export async function settle(
  client: ControlClient,
  order: Order,
  services: readonly string[],
  options: SettleOptions,
): Promise<Settled[]> {
  // Follow the events before giving the order, so that no change is missed.
  const events = await client.journal({ follow: true, kind: "events", tail: 0 });
  try {
    const goals = new Map<string, Goal>();
    for (const service of services) goals.set(service, await give(client, order, service));
    return await watchGoals(client, goals, events, options);
  } finally {
    events.destroy();
  }
}

async function watchGoals(
  client: ControlClient,
  goals: Map<string, Goal>,
  events: IncomingMessage,
  { timeout, onSettled }: SettleOptions,
): Promise<Settled[]> {
  const results: Settled[] = [];
  const finish = (service: string, status: string | undefined, outcome: { readonly failure?: string }) => {
    goals.delete(service);
    const settled = { service, status: status ?? "gone", ...outcome };
    results.push(settled);
    onSettled(settled);
  };
  const look = async () => {
    const { services } = await client.report();
    for (const [name, goal] of goals) {
      const verdict = judge(goal, services[name]);
      if (verdict !== "pending") finish(name, services[name]?.status, verdict === "reached" ? {} : verdict);
    }
    return goals.size === 0;
  };
  const inTime = await lookAtEach(events, look, timeout);
  if (goals.size === 0) return results;
  if (inTime) throw new KasmixError("E_ENGINE", "The supervisor ended before the order was carried out.");
  const { services } = await client.report();
  for (const name of goals.keys()) {
    finish(name, services[name]?.status, { failure: whyLate(services[name], timeout) });
  }
  return results;
}

/** What an order has to reach. Spawns after the first `starts` belong to the order. */
export interface Goal {
  readonly order: Order;
  readonly starts: number;
}

/** Whether a service has reached its goal, is still on its way, or has failed, with the reason. */
export function judge(
  { order, starts }: Goal,
  service: ServiceReport | undefined,
): "reached" | "pending" | { readonly failure: string } {
  if (service === undefined) return { failure: "is gone" };
  const { status } = service;
  if (order === "stop") {
    if (status === "stopped" || status === "done") return "reached";
    return service.starts > starts ? { failure: "was started again by another order" } : "pending";
  }
  if (status === "stopped") return { failure: "was stopped by another order" };
  if (service.starts <= starts) return "pending";
  if (status === "ready") return "reached";
  if (status === "done" && service.lastExit?.code === 0) return "reached";
  const dead = status === "backoff" || status === "degraded" || status === "done";
  if (!dead && service.starts === starts + 1) return "pending";
  return { failure: `did not become ready: ${renderExit(service.lastExit)}` };
}

async function give(client: ControlClient, order: Order, service: string): Promise<Goal> {
  const answer = await client.order(order, service);
  if (!("refused" in answer)) return { order, starts: answer.starts };
  const report = await client.report();
  const { status, starts = 0 } = report.services[service] ?? {};
  if (report.phase !== "running") throw new KasmixError("E_NOT_READY", answer.refused);
  // A process that is already starting or ready is the one to wait for.
  const lives = status === "starting" || status === "ready" || status === "unhealthy";
  return { order, starts: lives ? starts - 1 : starts };
}

/** Calls `look` now and at every event until it returns true or the supervisor ends. Resolves with whether it was in time. */
async function lookAtEach(
  events: IncomingMessage,
  look: () => Promise<boolean>,
  timeout: number,
): Promise<boolean> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    events.destroy();
  }, timeout);
  try {
    if (await look()) return true;
    for await (const _event of linesOf(events)) if (await look()) break;
  } catch (error) {
    if (!late && error instanceof KasmixError) throw error;
  } finally {
    clearTimeout(timer);
  }
  return !late;
}

function whyLate(service: ServiceReport | undefined, timeout: number): string {
  const waits = service?.waitsFor ? ` for ${service.waitsFor.join(", ")}` : "";
  return `is still ${service?.status}${waits} after ${timeout / 1000} s`;
}
