import { type Draft, isAlive, move } from "./draft.ts";
import type { Event, Order, ServiceState, State } from "./model.ts";
import { unmetNeeds } from "./needs.ts";
import { stopOne } from "./stop.ts";

/** Carries out an order; one that would be refused changes nothing. */
export function obey(draft: Draft, { order, service: name }: Extract<Event, { type: "order" }>): void {
  const service = draft.services[name];
  if (service === undefined || refusal(draft, order, name) !== undefined) return;
  const afterwards = order === "stop" ? "stay" : "start";
  const reason = "order";
  if (service.status === "stopping") draft.services[name] = { ...service, ...FORGIVEN, afterwards };
  else if (isAlive(service)) stopOne(draft, name, { ...FORGIVEN, afterwards }, { reason });
  else if (order === "stop") move(draft, name, "stopped", {}, { reason });
  else if (service.status !== "waiting") move(draft, name, "waiting", FORGIVEN, { reason });
}

/** Who gives an order knows of the troubles before it: they do not count any more. */
const FORGIVEN = { failures: 0, deaths: [], givenUp: false } as const;

/** Why an order to a service is not carried out; undefined when it is. */
export function refusal(state: State | Draft, order: Order, name: string): string | undefined {
  const service = state.services[name];
  if (service === undefined) return `there is no service ${name}`;
  if (state.phase !== "running") return "the container is stopping";
  if (order === "start") return whyNotStart(state, name, service);
  return order === "stop" && service.status === "stopped" ? `${name} is stopped already` : undefined;
}

function whyNotStart(state: State | Draft, name: string, { status }: ServiceState): string | undefined {
  if (status === "starting" || status === "ready") return `${name} is running already`;
  if (status !== "waiting") return undefined;
  const unmet = unmetNeeds(state, name).map(({ service, condition }) => `${service} (${condition})`);
  return `${name} is to start already and waits for ${unmet.join(", ")}`;
}
