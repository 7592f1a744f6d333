import { DEAD, type Draft, move, ofLiving, policyOf, runs, serviceOf, signal, timer } from "./draft.ts";
import { onServiceExit } from "./exited.ts";
import type { Action, Event, Plan, ServiceState, State } from "./model.ts";
import { unmetNeeds } from "./needs.ts";
import { applyOrder } from "./orders.ts";
import { POLICY } from "./restart-policy.ts";
import { advanceStop, beginStop, end, hurry, killAll, stopOne } from "./stop.ts";

/** The state before `boot`: every service waits, except those that are held. */
export function initialState(plan: Plan): State {
  const fresh: ServiceState = {
    status: "waiting",
    instance: 0,
    pid: undefined,
    readyAt: undefined,
    failures: 0,
    deaths: [],
    lastDeath: undefined,
    givenUp: false,
    losses: 0,
    repairs: 0,
    outdated: false,
    completed: false,
    afterwards: "stay",
  };
  const services = Object.fromEntries(
    Object.entries(plan).map(([name, { held }]) => [
      name,
      held ? { ...fresh, status: "stopped" as const } : fresh,
    ]),
  );
  return { phase: "idle", plan, services, requested: false, exitCode: 0 };
}

/**
 * The supervisor's whole policy: the next state and the actions that follow from an event. Pure: no clock, no randomness,
 * no effects. Events of dead processes and of outdated timers change nothing.
 */
export function step(state: State, event: Event): readonly [State, readonly Action[]] {
  if (state.phase === "ended") return [state, []];
  const draft: Draft = { ...state, services: { ...state.services }, actions: [] };
  apply(draft, event);
  if (draft.phase === "running") startWhatCan(draft);
  const { actions, ...next } = draft;
  return [next, actions];
}

type Of<Type extends Event["type"]> = Extract<Event, { type: Type }>;

function apply(draft: Draft, event: Event): void {
  switch (event.type) {
    case "boot":
      if (draft.phase === "idle") draft.phase = "running";
      break;
    case "spawned":
      onSpawned(draft, event);
      break;
    case "ready":
      onReady(draft, event);
      break;
    case "exited":
      onExited(draft, event);
      break;
    case "retry":
      onRetry(draft, event);
      break;
    case "kill":
      if (ofLiving(draft, event)?.status === "stopping") signal(draft, event.service, "KILL");
      break;
    case "lost":
      onLost(draft, event);
      break;
    case "visitor":
      for (const name of Object.keys(draft.services)) retry(draft, name);
      break;
    case "late":
    case "outgrown":
    case "unhealed":
      onTrouble(draft, event);
      break;
    case "order":
      applyOrder(draft, event);
      break;
    case "stop":
      onStop(draft);
      break;
    case "hurry":
      hurry(draft);
      break;
    case "last":
      killAll(draft);
      break;
    case "leave":
      end(draft);
      break;
  }
}

function onSpawned(draft: Draft, event: Of<"spawned">): void {
  const service = ofLiving(draft, event);
  if (service) draft.services[event.service] = { ...service, pid: event.pid };
}

function onReady(draft: Draft, event: Of<"ready">): void {
  const status = ofLiving(draft, event)?.status;
  if (status !== "starting" && status !== "unhealthy") return;
  move(draft, event.service, "ready", { readyAt: event.now });
  if (draft.phase !== "running") return;
  for (const [name, service] of Object.entries(draft.services)) {
    if (!policyOf(draft, name).needs.some((need) => need.service === event.service)) continue;
    retry(draft, name);
    // One that came back without a new start, as after it was frozen, is the same to those that use it.
    if (status === "starting" && runs(service.status)) outdate(draft, name);
  }
}

/** What it needs has started after it. If it is unhealthy, it may have lacked that, and starts again with it. */
function outdate(draft: Draft, name: string): void {
  const service = { ...serviceOf(draft, name), outdated: true };
  draft.services[name] = service;
  if (service.status === "unhealthy") stopOne(draft, name, { afterwards: "start" }, { reason: "need" });
}

function onLost(draft: Draft, event: Of<"lost">): void {
  const { service: name, instance, now } = event;
  const service = ofLiving(draft, event);
  if (draft.phase !== "running" || (service?.status !== "starting" && service?.status !== "ready")) return;
  const well = service.readyAt !== undefined && now - service.readyAt >= POLICY.resetAfter;
  const kept = well ? { failures: 0, repairs: 0 } : {};
  const loss = service.losses + 1;
  move(draft, name, "unhealthy", { ...kept, readyAt: undefined, losses: loss });
  if (service.outdated) outdate(draft, name);
  else if (serviceOf(draft, name).repairs < POLICY.repairLimit)
    timer(draft, POLICY.unhealthyLimit, { type: "unhealed", service: name, instance, loss });
}

function onExited(draft: Draft, event: Of<"exited">): void {
  const service = ofLiving(draft, event);
  if (!service) return;
  if (draft.phase !== "stopping") {
    onServiceExit(draft, service, event);
    return;
  }
  const { code, signal: deadly, error } = event;
  move(draft, event.service, "stopped", DEAD, { code, signal: deadly, ...(error ? { error } : {}) });
  advanceStop(draft);
}

function onRetry(draft: Draft, event: Of<"retry">): void {
  if (draft.services[event.service]?.instance === event.instance) retry(draft, event.service);
}

/** Ends the pause of a service that rests after its death. */
function retry(draft: Draft, name: string): void {
  const { status } = serviceOf(draft, name);
  if (status === "backoff" || status === "degraded") move(draft, name, "waiting", {});
}

/**
 * Stops a living service that is late, uses too much memory or stayed unhealthy; what follows its exit is as after a
 * death.
 */
function onTrouble(draft: Draft, event: Of<"late"> | Of<"outgrown"> | Of<"unhealed">): void {
  const service = ofLiving(draft, event);
  if (draft.phase !== "running" || service === undefined || !isTroubled(service, event)) return;
  const repairs = service.repairs + Number(event.type === "unhealed");
  stopOne(draft, event.service, { afterwards: "fall", repairs }, { reason: REASONS[event.type] });
}

const REASONS = { late: "late", outgrown: "memory", unhealed: "unhealthy" } as const;

function isTroubled(
  { status, losses }: ServiceState,
  event: Of<"late"> | Of<"outgrown"> | Of<"unhealed">,
): boolean {
  if (event.type === "late") return status === "starting";
  if (event.type === "unhealed") return status === "unhealthy" && losses === event.loss;
  return runs(status);
}

/** The first request stops in order, the second one kills. */
function onStop(draft: Draft): void {
  if (draft.phase !== "stopping") beginStop(draft, 0, true);
  else if (draft.requested) killAll(draft);
  else draft.requested = true;
}

function startWhatCan(draft: Draft): void {
  for (const [name, service] of Object.entries(draft.services)) {
    if (service.status !== "waiting" || unmetNeeds(draft, name).length > 0) continue;
    const instance = service.instance + 1;
    move(draft, name, "starting", { instance, outdated: false });
    draft.actions.push({ type: "spawn", service: name, instance });
    const seconds = policyOf(draft, name).startTimeout;
    if (seconds !== undefined) timer(draft, seconds * 1000, { type: "late", service: name, instance });
  }
}
