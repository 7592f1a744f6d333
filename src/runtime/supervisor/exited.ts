import { DEAD, type Draft, move, policyOf, serviceOf, timer } from "./draft.ts";
import type { Event, Exit, ServiceState } from "./model.ts";
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

interface Death extends Exit {
  readonly service: string;
  readonly instance: number;
  readonly now: number;
  readonly random: number;
  readonly exit: Exit;
  readonly completed: boolean;
}

/** Handles a death after which the service runs again: at once, after a pause, or, when given up, after a minute. */
function fall(draft: Draft, { service: name, instance, now, random, exit, completed }: Death): void {
  const service = serviceOf(draft, name);
  const readyFor = service.readyAt === undefined ? -1 : now - service.readyAt;
  const stable = readyFor >= POLICY.stableAfter;
  const recent = service.deaths.filter((at) => now - at < POLICY.deathWindow);
  const deaths = stable ? recent : [...recent, now];
  if (!stable && (service.givenUp || deaths.length >= POLICY.deathLimit)) {
    giveUp(draft, name, { ...DEAD, deaths: [], givenUp: true, completed }, exit);
    return;
  }
  const failures = readyFor >= POLICY.resetAfter ? 0 : service.failures;
  const rank = stable ? failures : Math.max(failures, 1);
  const delay = pause(rank, random);
  const patch = { ...DEAD, deaths, givenUp: false, failures: rank + 1, completed };
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
