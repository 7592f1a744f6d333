import type {
  Action,
  Edge,
  OfInstance,
  ServicePolicy,
  ServiceState,
  State,
  Status,
  TimerEvent,
} from "./model.ts";

/** A state while an event is worked into it, with what is to be done about it. Lives no longer than one step. */
export interface Draft extends Omit<State, "phase" | "services" | "told" | "exitCode"> {
  phase: State["phase"];
  readonly services: Record<string, ServiceState>;
  told: boolean;
  exitCode: number;
  readonly actions: Action[];
}

/** What an edge tells besides the service, where it comes from and where it goes. */
export type Told = Omit<Edge, "service" | "from" | "to" | "attempt" | "pid">;

/** Whether a process of the service exists (as far as has been told). */
export function isAlive({ status }: ServiceState): boolean {
  return status === "starting" || status === "ready" || status === "stopping";
}

/** A service by a name that the plan has. */
export function serviceOf(state: Pick<State, "services">, name: string): ServiceState {
  return state.services[name] as ServiceState;
}

/** The policy of a service by a name that the plan has. */
export function policyOf(state: Pick<State, "plan">, name: string): ServicePolicy {
  return state.plan[name] as ServicePolicy;
}

/** Names of the services that have a process. */
export function living(draft: Draft): string[] {
  return Object.keys(draft.services).filter((name) => isAlive(serviceOf(draft, name)));
}

/** The service, if the event is of its living instance. */
export function ofLiving(draft: Draft, event: OfInstance): ServiceState | undefined {
  const service = draft.services[event.service];
  return service && isAlive(service) && service.instance === event.instance ? service : undefined;
}

/** Brings a service from one status to the next; every such edge is logged. */
export function move(
  draft: Draft,
  name: string,
  to: Status,
  patch: Partial<ServiceState>,
  told: Told = {},
): void {
  const service = serviceOf(draft, name);
  const next = { ...service, ...patch, status: to };
  draft.services[name] = next;
  const { pid } = service;
  const known = pid === undefined ? {} : { pid };
  const edge: Edge = { service: name, from: service.status, to, attempt: next.instance, ...known, ...told };
  draft.actions.push({ type: "edge", edge });
}

/** Has the runtime signal a service's process group. */
export function signal(
  draft: Draft,
  service: string,
  name: Extract<Action, { type: "signal" }>["signal"],
): void {
  const { instance } = serviceOf(draft, service);
  draft.actions.push({ type: "signal", service, instance, signal: name });
}

/** Has the runtime send an event after `delay` milliseconds. */
export function timer(draft: Draft, delay: number, event: TimerEvent): void {
  draft.actions.push({ type: "timer", delay, event });
}

/** What a dead instance leaves behind in a service's state. */
export const DEAD = { pid: undefined, readyAt: undefined } as const;
