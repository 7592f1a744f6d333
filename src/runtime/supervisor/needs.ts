import type { Need } from "../../model/types.ts";
import { policyOf } from "./draft.ts";
import type { State } from "./model.ts";

/** The needs of a service that are not met; it is started when there are none. */
export function unmetNeeds(state: Pick<State, "plan" | "services">, name: string): Required<Need>[] {
  return policyOf(state, name).needs.filter(({ service, condition }) => {
    const needed = state.services[service];
    // Who waited for what is not there would wait for ever.
    if (!needed) return false;
    const { status, pid, completed } = needed;
    if (condition === "completed") return !completed;
    if (condition === "started") return pid === undefined && !completed;
    // What was given up, has ended or was stopped will not become ready by itself for a good while.
    const resting = status === "degraded" || status === "done" || status === "stopped";
    return status !== "ready" && !(condition === "settled" && resting);
  });
}
