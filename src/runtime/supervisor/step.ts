import type { Action, Edge, Event, Exit, Plan, ServiceState, State, Status, TimerEvent } from "./model.ts";
import { EXIT_NO_RESTART, exitCodeOf, POLICY, pause } from "./policy.ts";

/** The state before `boot`: every service waits. */
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
  };
  const services = Object.fromEntries(Object.keys(plan).map((name) => [name, fresh]));
  return { phase: "idle", plan, services, exitCode: 0 };
}

/**
 * The supervisor's whole policy: what follows from an event in a state. Pure: no clock, no randomness, no
 * effects; events of processes that are not alive any more and of timers overtaken by events change nothing.
 */
export function step(state: State, event: Event): readonly [State, readonly Action[]] {
  if (state.phase === "ended") return [state, []];
  const draft: Draft = { ...state, services: { ...state.services }, actions: [] };
  apply(draft, event);
  if (draft.phase === "running") startWhatCan(draft);
  const { actions, ...next } = draft;
  return [next, actions];
}

/** Whether a process of the service exists (as far as has been told). */
export function isAlive({ status }: ServiceState): boolean {
  return status === "starting" || status === "ready" || status === "stopping";
}

interface Draft {
  phase: State["phase"];
  readonly plan: Plan;
  readonly services: Record<string, ServiceState>;
  exitCode: number;
  readonly actions: Action[];
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
    case "stop":
      if (draft.phase === "stopping") killAll(draft);
      else beginStop(draft, 0);
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
  const { code, signal: deadly, error } = event;
  const exit: Exit = error === undefined ? { code, signal: deadly } : { code, signal: deadly, error };
  if (draft.phase === "stopping") {
    move(draft, event.service, "stopped", DEAD, exit);
    advanceStop(draft);
  } else if (restarts(draft, event)) {
    fall(draft, event, exit);
  } else {
    const failed = code !== 0;
    move(draft, event.service, "done", { ...DEAD, completed: service.completed || !failed }, exit);
    if (failed && draft.plan[event.service]?.critical) beginStop(draft, exitCodeOf(exit));
  }
}

function restarts(draft: Draft, { service, code }: Of<"exited">): boolean {
  const policy = draft.plan[service]?.restart;
  if (code === EXIT_NO_RESTART || policy === "never") return false;
  return policy === "always" || code !== 0;
}

/** A death after which the service is to run again: at once, after a pause, or given up for a minute. */
function fall(draft: Draft, event: Of<"exited">, exit: Exit): void {
  const name = event.service;
  const service = draft.services[name];
  if (!service) return;
  draft.actions.push({ type: "sweep", service: name, instance: service.instance });
  const readyFor = service.readyAt === undefined ? -1 : event.now - service.readyAt;
  const stable = readyFor >= POLICY.stableAfter;
  const recent = service.deaths.filter((at) => event.now - at < POLICY.deathWindow);
  const deaths = stable ? recent : [...recent, event.now];
  const completed = service.completed || exit.code === 0;
  if (!stable && (service.givenUp || deaths.length >= POLICY.deathLimit)) {
    giveUp(draft, name, { ...DEAD, deaths: [], givenUp: true, completed }, exit);
    return;
  }
  const failures = readyFor >= POLICY.resetAfter ? 0 : service.failures;
  const rank = stable ? failures : Math.max(failures, 1);
  const delay = pause(rank, event.random);
  const patch = { ...DEAD, deaths, givenUp: false, failures: rank + 1, completed };
  move(draft, name, delay === 0 ? "waiting" : "backoff", patch, { ...exit, delay });
  if (delay > 0) timer(draft, delay, { type: "retry", service: name, instance: service.instance });
}

function giveUp(draft: Draft, name: string, patch: Partial<ServiceState>, exit: Exit): void {
  const instance = draft.services[name]?.instance ?? 0;
  const critical = draft.plan[name]?.critical === true;
  move(draft, name, "degraded", patch, critical ? exit : { ...exit, delay: POLICY.degradedRetry });
  if (critical) beginStop(draft, exitCodeOf(exit));
  else timer(draft, POLICY.degradedRetry, { type: "retry", service: name, instance });
}

function onRetry(draft: Draft, event: Of<"retry">): void {
  const service = draft.services[event.service];
  if (service?.instance !== event.instance) return;
  if (service.status === "backoff" || service.status === "degraded")
    move(draft, event.service, "waiting", {});
}

function startWhatCan(draft: Draft): void {
  for (const [name, service] of Object.entries(draft.services)) {
    if (service.status !== "waiting" || !needsMet(draft, name)) continue;
    const instance = service.instance + 1;
    move(draft, name, "starting", { instance });
    draft.actions.push({ type: "spawn", service: name, instance });
  }
}

function needsMet(draft: Draft, name: string): boolean {
  return (draft.plan[name]?.needs ?? []).every(({ service, condition }) => {
    const needed = draft.services[service];
    if (!needed) return true;
    if (condition === "completed") return needed.completed;
    if (condition === "started") return needed.pid !== undefined || needed.completed;
    return needed.status === "ready";
  });
}

function beginStop(draft: Draft, code: number): void {
  draft.phase = "stopping";
  draft.exitCode = code;
  timer(draft, POLICY.hurryAfter, { type: "hurry" });
  timer(draft, POLICY.lastAfter, { type: "last" });
  timer(draft, POLICY.leaveAfter, { type: "leave" });
  for (const [name, service] of Object.entries(draft.services)) {
    if (!isAlive(service)) move(draft, name, "stopped", {});
  }
  advanceStop(draft);
}

/** Signals every service that nothing alive depends on any more; ends when nothing is alive. */
function advanceStop(draft: Draft): void {
  const alive = living(draft);
  if (alive.length === 0) {
    end(draft);
    return;
  }
  const needed = new Set(alive.flatMap((name) => draft.plan[name]?.needs.map((need) => need.service) ?? []));
  const free = alive.filter((name) => !needed.has(name));
  // In a cycle everybody is needed by somebody: then the order is void.
  for (const name of free.length > 0 ? free : alive) stopOne(draft, name);
}

function stopOne(draft: Draft, name: string): void {
  const service = draft.services[name];
  const policy = draft.plan[name]?.stop;
  if (!service || !policy || service.status === "stopping") return;
  move(draft, name, "stopping", {});
  signal(draft, name, policy.signal);
  timer(draft, policy.grace * 1000, { type: "kill", service: name, instance: service.instance });
}

function hurry(draft: Draft): void {
  if (draft.phase !== "stopping") return;
  for (const name of living(draft)) stopOne(draft, name);
}

function killAll(draft: Draft): void {
  if (draft.phase !== "stopping") return;
  for (const name of living(draft)) {
    if (draft.services[name]?.status !== "stopping") move(draft, name, "stopping", {});
    signal(draft, name, "KILL");
  }
}

function end(draft: Draft): void {
  if (draft.phase !== "stopping") return;
  draft.phase = "ended";
  draft.actions.push({ type: "exit", code: draft.exitCode });
}

const DEAD = { pid: undefined, readyAt: undefined } as const;

function living(draft: Draft): string[] {
  return Object.keys(draft.services).filter((name) => {
    const service = draft.services[name];
    return service !== undefined && isAlive(service);
  });
}

/** The service, if the event is of its living instance. */
function ofLiving(draft: Draft, event: { service: string; instance: number }): ServiceState | undefined {
  const service = draft.services[event.service];
  return service && isAlive(service) && service.instance === event.instance ? service : undefined;
}

function move(
  draft: Draft,
  name: string,
  to: Status,
  patch: Partial<ServiceState>,
  told: Exit | (Exit & { delay: number }) | Record<string, never> = {},
): void {
  const service = draft.services[name];
  if (!service) return;
  const next = { ...service, ...patch, status: to };
  draft.services[name] = next;
  const { pid } = service;
  const known = pid === undefined ? {} : { pid };
  const edge: Edge = { service: name, from: service.status, to, attempt: next.instance, ...known, ...told };
  draft.actions.push({ type: "edge", edge });
}

function signal(draft: Draft, service: string, name: Extract<Action, { type: "signal" }>["signal"]): void {
  const instance = draft.services[service]?.instance ?? 0;
  draft.actions.push({ type: "signal", service, instance, signal: name });
}

function timer(draft: Draft, delay: number, event: TimerEvent): void {
  draft.actions.push({ type: "timer", delay, event });
}
