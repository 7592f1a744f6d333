import { type Draft, isAlive, living, move, policyOf, serviceOf, signal, timer } from "./draft.ts";
import type { Reason, ServiceState } from "./model.ts";
import { POLICY } from "./restart-policy.ts";

/** Begins the end of the container, which exits with `code`. `requested` tells a requested stop from a failed critical service. */
export function beginStop(draft: Draft, code: number, requested: boolean): void {
  draft.phase = "stopping";
  draft.exitCode = code;
  draft.requested = requested;
  timer(draft, POLICY.hurryAfter, { type: "hurry" });
  timer(draft, POLICY.lastAfter, { type: "last" });
  timer(draft, POLICY.leaveAfter, { type: "leave" });
  for (const [name, service] of Object.entries(draft.services)) {
    if (!isAlive(service) && service.status !== "stopped") move(draft, name, "stopped", {});
  }
  advanceStop(draft);
}

/** Signals every service that no living service needs any more; ends the container when nothing is alive. */
export function advanceStop(draft: Draft): void {
  const alive = living(draft);
  if (alive.length === 0) {
    end(draft);
    return;
  }
  const needed = new Set(alive.flatMap((name) => policyOf(draft, name).needs.map((need) => need.service)));
  const free = alive.filter((name) => !needed.has(name));
  // In a cycle every service is needed by another one: then all are signalled.
  for (const name of free.length > 0 ? free : alive) stopOne(draft, name);
}

/** Signals one living service and sets the timer that kills it. Does nothing while it is stopping. */
export function stopOne(
  draft: Draft,
  name: string,
  patch: Partial<ServiceState> = {},
  details: { readonly reason?: Reason } = {},
): void {
  const { status, instance } = serviceOf(draft, name);
  if (status === "stopping") return;
  const policy = policyOf(draft, name).stop;
  move(draft, name, "stopping", patch, details);
  signal(draft, name, policy.signal);
  timer(draft, policy.grace * 1000, { type: "kill", service: name, instance });
}

/** Signals every living service, without waiting for the stop order any more. */
export function hurry(draft: Draft): void {
  if (draft.phase !== "stopping") return;
  for (const name of living(draft)) stopOne(draft, name);
}

/** Kills every living service. */
export function killAll(draft: Draft): void {
  if (draft.phase !== "stopping") return;
  for (const name of living(draft)) {
    if (serviceOf(draft, name).status !== "stopping") move(draft, name, "stopping", {});
    signal(draft, name, "KILL");
  }
}

/** Ends the container, whether or not services are still alive. */
export function end(draft: Draft): void {
  if (draft.phase !== "stopping") return;
  draft.phase = "ended";
  draft.actions.push({ type: "exit", code: draft.exitCode });
}
