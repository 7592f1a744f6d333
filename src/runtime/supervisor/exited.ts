import { DEAD, type Draft, move, policyOf, serviceOf, timer } from "./draft.ts";
import type { Event, Exit, ServiceState } from "./model.ts";
import { unmetNeeds } from "./needs.ts";
import { EXIT_NO_RESTART, exitCodeOf, POLICY, pause } from "./restart-policy.ts";
import { beginStop } from "./stop.ts";

/** Handles the exit of a service's process while the container runs. */
export function onServiceExit(
  draft: Draft,
  service: ServiceState,
  event: Extract<Event, { type: "exited" }>,
): void {
  const { service: name, code, signal, error } = event;
  const exit: Exit = error === undefined ? { code, signal } : { code, signal, error };
  const completed = service.completed || code === 0;
  const stopping = service.status === "stopping";
  if (stopping && service.afterwards === "stay") {
    move(draft, name, "stopped", { ...DEAD, completed }, exit);
  } else if (stopping && service.afterwards === "start") {
    sweep(draft, name, service);
    move(draft, name, "waiting", { ...DEAD, completed }, exit);
  } else if (stopping || restarts(draft, event)) {
    sweep(draft, name, service);
    fall(draft, { ...event, exit, completed });
  } else {
    move(draft, name, "done", { ...DEAD, completed }, exit);
    if (code !== 0 && policyOf(draft, name).critical) beginStop(draft, exitCodeOf(exit), false);
  }
  if (draft.phase === "running") forgive(draft, event);
}

/**
 * Takes back the blame for deaths that were reported a moment before that of a service that the dead one needed: which
 * of two ends is heard of first is chance.
 */
function forgive(draft: Draft, { service: needed, now }: Pick<Death, "service" | "now">): void {
  for (const [name, { status, lastDeath }] of Object.entries(draft.services)) {
    if (lastDeath === undefined || now - lastDeath.at > POLICY.forgiveWithin) continue;
    if (status !== "backoff" && status !== "degraded") continue;
    if (!policyOf(draft, name).needs.some(({ service }) => service === needed)) continue;
    const { at: _, ...counts } = lastDeath;
    move(draft, name, "waiting", { ...counts, lastDeath: undefined });
  }
}

function restarts(draft: Draft, { service, code }: Pick<Death, "service" | "code">): boolean {
  const policy = policyOf(draft, service).restart;
  if (code === EXIT_NO_RESTART || policy === "never") return false;
  return policy === "always" || code !== 0;
}

/** Kills the rest of the process group, so that the next instance does not compete with it. */
function sweep(draft: Draft, name: string, { instance }: ServiceState): void {
  draft.actions.push({ type: "sweep", service: name, instance });
}

type Death = Extract<Event, { type: "exited" }> & {
  readonly exit: Exit;
  readonly completed: boolean;
};

/**
 * Handles a death after which the service runs again: at once, after a pause, or, when given up, after a longer one. A
 * death for which the service is not to blame makes no pause longer.
 */
function fall(draft: Draft, death: Death): void {
  const { service: name, now, random, exit, completed } = death;
  const service = serviceOf(draft, name);
  // It died with what it needs, as a desktop does with its display: any pause is the other's.
  if (service.outdated || unmetNeeds(draft, name).length > 0) {
    move(draft, name, "waiting", { ...DEAD, completed }, exit);
    return;
  }
  const readyFor = service.readyAt === undefined ? -1 : now - service.readyAt;
  const stable = readyFor >= POLICY.stableAfter;
  if (wasKilled(service, death)) {
    rest(draft, name, pause(stable ? 0 : 1, random), { ...DEAD, completed }, death);
    return;
  }
  const { failures: before, deaths: earlier, givenUp } = service;
  const lastDeath = { at: now, failures: before, deaths: earlier, givenUp };
  const recent = service.deaths.filter((at) => now - at < POLICY.deathWindow);
  const deaths = stable ? recent : [...recent, now];
  if (!stable && (service.givenUp || deaths.length >= POLICY.deathLimit)) {
    giveUp(draft, name, { ...DEAD, deaths: [], givenUp: true, lastDeath, completed }, exit);
    return;
  }
  const failures = readyFor >= POLICY.resetAfter ? 0 : service.failures;
  const rank = stable ? failures : Math.max(failures, 1);
  const patch = { ...DEAD, deaths, givenUp: false, failures: rank + 1, lastDeath, completed };
  rest(draft, name, pause(rank, random), patch, death);
}

/** Somebody outside has killed it: neither the supervisor nor, because memory ran out, the kernel. */
function wasKilled({ status }: ServiceState, { signal, starved = false }: Death): boolean {
  return signal === "SIGKILL" && status !== "stopping" && !starved;
}

function rest(
  draft: Draft,
  name: string,
  delay: number,
  patch: Partial<ServiceState>,
  { exit, instance }: Death,
): void {
  move(draft, name, delay === 0 ? "waiting" : "backoff", patch, { ...exit, delay });
  if (delay > 0) timer(draft, delay, { type: "retry", service: name, instance });
}

function giveUp(draft: Draft, name: string, patch: Partial<ServiceState>, exit: Exit): void {
  const { instance } = serviceOf(draft, name);
  const { critical } = policyOf(draft, name);
  move(draft, name, "degraded", patch, critical ? exit : { ...exit, delay: POLICY.degradedRetry });
  if (critical) beginStop(draft, exitCodeOf(exit), false);
  else timer(draft, POLICY.degradedRetry, { type: "retry", service: name, instance });
}
