import { DEAD, type Draft, move, ofLiving, policyOf, signal, timer } from "./draft.ts";
import { onServiceExit } from "./exited.ts";
import type { Action, Event, Plan, ServiceState, State } from "./model.ts";
import { unmetNeeds } from "./needs.ts";
import { applyOrder } from "./orders.ts";
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
    givenUp: false,
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
    case "late":
    case "outgrown":
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
  if (ofLiving(draft, event)?.status !== "starting") return;
  move(draft, event.service, "ready", { readyAt: event.now });
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
  const service = draft.services[event.service];
  if (service?.instance !== event.instance) return;
  if (service.status === "backoff" || service.status === "degraded")
    move(draft, event.service, "waiting", {});
}

/** Stops a living service that is late or uses too much memory; what follows its exit is as after a death. */
function onTrouble(draft: Draft, event: Of<"late"> | Of<"outgrown">): void {
  const status = ofLiving(draft, event)?.status;
  const troubled =
    event.type === "late" ? status === "starting" : status === "starting" || status === "ready";
  if (draft.phase !== "running" || !troubled) return;
  const reason = event.type === "late" ? "late" : "memory";
  stopOne(draft, event.service, { afterwards: "fall" }, { reason });
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
    move(draft, name, "starting", { instance });
    draft.actions.push({ type: "spawn", service: name, instance });
    const seconds = policyOf(draft, name).startTimeout;
    if (seconds !== undefined) timer(draft, seconds * 1000, { type: "late", service: name, instance });
  }
}
