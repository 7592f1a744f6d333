import type {
  Action,
  Event,
  Exit,
  Order,
  Plan,
  ServicePolicy,
  State,
  Status,
} from "../../../src/runtime/supervisor/model.ts";
import { initialState, step } from "../../../src/runtime/supervisor/step.ts";

/** Needs nothing, is always restarted, is not critical. */
export const always: ServicePolicy = {
  needs: [],
  restart: "always",
  stop: { signal: "TERM", grace: 5, to: "group" },
  critical: false,
};
export const CRASH: Exit = { code: 1, signal: null };
export const CLEAN: Exit = { code: 0, signal: null };

/** Drives the state machine and remembers its last actions. */
export class Machine {
  state: State;
  actions: readonly Action[] = [];

  constructor(plan: Plan) {
    this.state = initialState(plan);
    this.send({ type: "boot" });
  }

  send(event: Event): this {
    [this.state, this.actions] = step(this.state, event);
    return this;
  }

  spawned(service = "a"): this {
    return this.send({ type: "spawned", service, instance: this.#instance(service), pid: 100 });
  }

  ready(service = "a", now = 0): this {
    return this.send({ type: "ready", service, instance: this.#instance(service), now });
  }

  exited(service = "a", now = 0, exit: Exit = CRASH, random = 0.5): this {
    return this.send({ type: "exited", service, instance: this.#instance(service), now, random, ...exit });
  }

  /** Sends the timer that the last step set for this purpose. */
  due(type: "retry" | "kill" | "late"): this {
    const timer = this.actions.find((action) => action.type === "timer" && action.event.type === type);
    if (timer?.type !== "timer") throw new Error(`no ${type} timer was set`);
    return this.send(timer.event);
  }

  order(order: Order, service = "a"): this {
    return this.send({ type: "order", order, service });
  }

  status(service = "a"): Status | undefined {
    return this.state.services[service]?.status;
  }

  delay(): number | undefined {
    const timer = this.actions.find((action) => action.type === "timer" && action.event.type === "retry");
    return timer?.type === "timer" ? timer.delay : undefined;
  }

  of<Type extends Action["type"]>(type: Type): Extract<Action, { type: Type }>[] {
    return this.actions.filter((action): action is Extract<Action, { type: Type }> => action.type === type);
  }

  #instance(service: string): number {
    return this.state.services[service]?.instance ?? 0;
  }
}

/** A machine with the one service `a`. */
export const one = (policy: Partial<ServicePolicy> = {}) => new Machine({ a: { ...always, ...policy } });
