import type { Need } from "../../model/types.ts";
import { policyOf } from "./draft.ts";
import type { State } from "./model.ts";

/** The unmet needs of a service; it is started when there are none. */
export function unmetNeeds(state: Pick<State, "plan" | "services">, name: string): Required<Need>[] {
  return policyOf(state, name).needs.filter(({ service, condition }) => {
    const needed = state.services[service];
    // An unknown service would be waited for for ever.
    if (!needed) return false;
    const { status, pid, completed } = needed;
    if (condition === "completed") return !completed;
    if (condition === "started") return pid === undefined && !completed;
    // A service in one of these states does not become ready soon by itself.
    const resting = ["unhealthy", "degraded", "done", "stopped"].includes(status);
    return status !== "ready" && !(condition === "settled" && resting);
  });
}
