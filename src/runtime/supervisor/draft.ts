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

/** A mutable copy of the state, with the actions collected so far. Exists only during one step. */
export interface Draft extends Omit<State, "phase" | "services" | "requested" | "exitCode"> {
  phase: State["phase"];
  readonly services: Record<string, ServiceState>;
  requested: boolean;
  exitCode: number;
  readonly actions: Action[];
}

/** The optional fields of an edge. */
export type EdgeDetails = Omit<Edge, "service" | "from" | "to" | "attempt" | "pid">;

/** Whether a process of the service exists, as far as events have reported. */
export function isAlive({ status }: ServiceState): boolean {
  return runs(status) || status === "stopping";
}

/** Whether it is a status of a service that has a process and is not stopping. */
export function runs(status: Status): boolean {
  return status === "starting" || status === "ready" || status === "unhealthy";
}

/** A service by its name, which must be in the plan. */
export function serviceOf(state: Pick<State, "services">, name: string): ServiceState {
  return state.services[name] as ServiceState;
}

/** The policy of a service by its name, which must be in the plan. */
export function policyOf(state: Pick<State, "plan">, name: string): ServicePolicy {
  return state.plan[name] as ServicePolicy;
}

/** Names of the services that have a process. */
export function living(draft: Draft): string[] {
  return Object.keys(draft.services).filter((name) => isAlive(serviceOf(draft, name)));
}

/** The service, if the event belongs to its living instance. */
export function ofLiving(draft: Draft, event: OfInstance): ServiceState | undefined {
  const service = draft.services[event.service];
  return service && isAlive(service) && service.instance === event.instance ? service : undefined;
}

/** Moves a service to another status; every such edge is logged. */
export function move(
  draft: Draft,
  name: string,
  to: Status,
  patch: Partial<ServiceState>,
  details: EdgeDetails = {},
): void {
  const service = serviceOf(draft, name);
  const next = { ...service, ...patch, status: to };
  draft.services[name] = next;
  const { pid } = service;
  const known = pid === undefined ? {} : { pid };
  const edge: Edge = {
    service: name,
    from: service.status,
    to,
    attempt: next.instance,
    ...known,
    ...details,
  };
  draft.actions.push({ type: "edge", edge });
}

/** Makes the runtime signal a service's process group. */
export function signal(
  draft: Draft,
  service: string,
  name: Extract<Action, { type: "signal" }>["signal"],
): void {
  const { instance } = serviceOf(draft, service);
  draft.actions.push({ type: "signal", service, instance, signal: name });
}

/** Makes the runtime send an event after `delay` milliseconds. */
export function timer(draft: Draft, delay: number, event: TimerEvent): void {
  draft.actions.push({ type: "timer", delay, event });
}

/** Fields that an exit resets. */
export const DEAD = { pid: undefined, readyAt: undefined } as const;
