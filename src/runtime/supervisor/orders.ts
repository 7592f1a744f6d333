import { type Draft, isAlive, move, runs } from "./draft.ts";
import type { Event, Order, ServiceState, State } from "./model.ts";
import { unmetNeeds } from "./needs.ts";
import { stopOne } from "./stop.ts";

/** Carries out an order; a refused one changes nothing. */
export function applyOrder(draft: Draft, { order, service: name }: Extract<Event, { type: "order" }>): void {
  const service = draft.services[name];
  if (service === undefined || refusal(draft, order, name) !== undefined) return;
  const afterwards = order === "stop" ? "stay" : "start";
  const reason = "order";
  if (service.status === "stopping") draft.services[name] = { ...service, ...CLEARED, afterwards };
  else if (isAlive(service)) stopOne(draft, name, { ...CLEARED, afterwards }, { reason });
  else if (order === "stop") move(draft, name, "stopped", {}, { reason });
  else if (service.status !== "waiting") move(draft, name, "waiting", CLEARED, { reason });
}

/** An order makes earlier failures irrelevant. */
const CLEARED = { failures: 0, deaths: [], givenUp: false, lastDeath: undefined, repairs: 0 } as const;

/** Why an order to a service is refused; undefined when it is carried out. */
export function refusal(state: State | Draft, order: Order, name: string): string | undefined {
  const service = state.services[name];
  if (service === undefined) return `there is no service ${name}`;
  if (state.phase !== "running") return "the container is stopping";
  if (order === "start") return whyNotStart(state, name, service);
  return order === "stop" && service.status === "stopped" ? `${name} is already stopped` : undefined;
}

function whyNotStart(state: State | Draft, name: string, { status }: ServiceState): string | undefined {
  if (runs(status)) return `${name} is already running`;
  if (status !== "waiting") return undefined;
  const unmet = unmetNeeds(state, name).map(({ service, condition }) => `${service} (${condition})`);
  return `${name} is already waiting to start, for ${unmet.join(", ")}`;
}
