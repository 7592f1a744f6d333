import fc from "fast-check";
import { expect, it } from "vitest";
import { isAlive } from "../../../src/runtime/supervisor/draft.ts";
import type { Action, Event, Order, Plan, State, TimerEvent } from "../../../src/runtime/supervisor/model.ts";
import { refusal } from "../../../src/runtime/supervisor/orders.ts";
import { POLICY } from "../../../src/runtime/supervisor/restart-policy.ts";
import { initialState, step } from "../../../src/runtime/supervisor/step.ts";

const NAMES = ["a", "b", "c", "d"];

/** Plans without cycles: a service may need the ones before it. */
const plans: fc.Arbitrary<Plan> = fc
  .tuple(
    ...NAMES.map((_, index) =>
      fc.record({
        needs: fc.uniqueArray(
          fc.record({
            service: fc.constantFrom("a", ...NAMES.slice(1, Math.max(index, 1))),
            condition: fc.constantFrom(
              "started" as const,
              "ready" as const,
              "settled" as const,
              "completed" as const,
            ),
          }),
          { maxLength: index, selector: (need) => need.service },
        ),
        restart: fc.constantFrom("always" as const, "on-failure" as const, "never" as const),
        stop: fc.record({
          signal: fc.constantFrom("TERM" as const, "INT" as const),
          grace: fc.nat(9),
          to: fc.constantFrom("group" as const, "process" as const),
        }),
        critical: fc.boolean(),
        startTimeout: fc.integer({ min: 1, max: 90 }),
      }),
    ),
  )
  .map((policies) => Object.fromEntries(policies.map((policy, index) => [NAMES[index] ?? "", policy])));

type Move =
  | { readonly kind: "ready" | "wait"; readonly pick: number }
  | { readonly kind: "crash"; readonly pick: number; readonly code: number }
  | { readonly kind: "order"; readonly pick: number; readonly order: Order }
  | { readonly kind: "outgrown"; readonly pick: number }
  | { readonly kind: "stop" };

const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("ready" as const), pick: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("crash" as const),
      pick: fc.nat(20),
      code: fc.constantFrom(0, 1, 125, 139),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), pick: fc.nat(70_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      pick: fc.nat(20),
      order: fc.constantFrom("start" as const, "stop" as const, "restart" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("outgrown" as const), pick: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "stop" as const }) },
);

/** The world around the state machine: living processes, running timers, and invariants of both. */
class World {
  now = 0;
  state: State;
  exits = 0;
  spawns = 0;
  ended = false;
  stopped = false;
  readonly live = new Map<string, number>();
  readonly timers: { at: number; event: TimerEvent }[] = [];

  constructor(plan: Plan) {
    this.state = initialState(plan);
    this.send({ type: "boot" });
  }

  send(event: Event): void {
    const [state, actions] = step(this.state, event);
    this.state = state;
    for (const action of actions) this.perform(action);
    for (const [name, service] of Object.entries(state.services)) {
      expect(isAlive(service), `${name} lives as the state says`).toBe(this.live.has(name));
    }
  }

  perform(action: Action): void {
    if (action.type === "spawn") this.spawn(action.service, action.instance);
    if (action.type === "timer") this.timers.push({ at: this.now + action.delay, event: action.event });
    if (action.type === "exit") this.ended = true;
  }

  spawn(service: string, instance: number): void {
    expect(this.live.has(service), "never two live instances").toBe(false);
    expect(this.stopped || this.state.phase !== "running", "never a start after stop").toBe(false);
    this.live.set(service, instance);
    this.spawns += 1;
  }

  kill(service: string, code: number): void {
    const instance = this.live.get(service);
    if (instance === undefined) return;
    this.live.delete(service);
    this.exits += 1;
    this.send({ type: "exited", service, instance, now: this.now, random: 0.5, code, signal: null });
  }

  advance(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      this.timers.sort((one, other) => one.at - other.at);
      const next = this.timers[0];
      if (!next || next.at > until || this.ended) break;
      this.timers.shift();
      this.now = next.at;
      this.send(next.event);
    }
    this.now = until;
  }

  /** A refused order changes nothing; any other one has an effect. */
  order(order: Order, service: string): void {
    const before = this.state;
    const refused = refusal(before, order, service);
    this.send({ type: "order", order, service });
    const after = this.state.services[service]?.status ?? "";
    if (refused !== undefined) expect(this.state).toEqual(before);
    else if (order === "stop") expect(["stopping", "stopped"]).toContain(after);
    else expect(["stopping", "waiting", "starting"]).toContain(after);
  }

  apply(move: Move): void {
    const names = [...this.live.keys()];
    if (move.kind === "wait") this.advance(move.pick);
    if (move.kind === "stop") {
      this.stopped = true;
      this.send({ type: "stop" });
    }
    if (move.kind === "order") this.order(move.order, NAMES[move.pick % NAMES.length] ?? "");
    if (move.kind === "wait" || move.kind === "stop" || move.kind === "order") return;
    const service = names[move.pick % Math.max(names.length, 1)];
    const instance = service === undefined ? undefined : this.live.get(service);
    if (service === undefined || instance === undefined) return;
    if (move.kind === "crash") {
      this.kill(service, move.code);
      return;
    }
    if (move.kind === "outgrown") {
      this.send({ type: "outgrown", service, instance });
      return;
    }
    this.send({ type: "spawned", service, instance, pid: 1000 + this.spawns });
    this.send({ type: "ready", service, instance, now: this.now });
  }
}

it("keeps its invariants in every order of events, and a stop ends every reachable state", () => {
  fc.assert(
    fc.property(plans, fc.array(moves, { maxLength: 60 }), (plan, history) => {
      const world = new World(plan);
      for (const move of history) {
        if (world.ended) break;
        world.apply(move);
      }
      expect(world.spawns - world.exits, "every spawn has one exit").toBe(world.live.size);
      if (world.state.phase === "running") world.apply({ kind: "stop" });
      world.advance(POLICY.leaveAfter);
      expect(world.ended).toBe(true);
      expect(step(world.state, { type: "stop" })[1]).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it("keeps a service down after an order to stop until one to start", () => {
  fc.assert(
    fc.property(
      plans,
      fc.array(moves, { maxLength: 40 }),
      fc.constantFrom(...NAMES),
      (plan, history, name) => {
        const world = new World(plan);
        world.apply({ kind: "order", order: "stop", pick: NAMES.indexOf(name) });
        world.kill(name, 0);
        const spawned = world.state.services[name]?.instance;
        for (const move of history) {
          const wakes = move.kind === "order" && NAMES[move.pick % NAMES.length] === name;
          if (!wakes && !world.ended) world.apply(move);
        }
        world.advance(POLICY.degradedRetry * 2);
        expect(world.state.services[name]).toMatchObject({ status: "stopped", instance: spawned });
      },
    ),
  );
});

it("ends at once when every service obeys its signal", () => {
  fc.assert(
    fc.property(plans, fc.array(moves, { maxLength: 30 }), (plan, history) => {
      const world = new World(plan);
      for (const move of history) if (world.state.phase === "running") world.apply(move);
      if (world.state.phase === "running") world.apply({ kind: "stop" });
      for (let rounds = 0; rounds <= NAMES.length; rounds += 1) {
        const stopping = Object.entries(world.state.services).filter(
          ([, { status }]) => status === "stopping",
        );
        for (const [name] of stopping) world.kill(name, 0);
      }
      expect(world.ended).toBe(true);
      expect(world.live.size).toBe(0);
    }),
    { numRuns: 500 },
  );
});

it("never shortens the pause of a service that keeps dying, up to the longest one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 8 }),
      (randoms) => {
        let state = initialState({
          a: {
            needs: [],
            restart: "always",
            stop: { signal: "TERM", grace: 5, to: "group" },
            critical: false,
          },
        });
        let now = 0;
        const delays: number[] = [];
        const send = (event: Event) => {
          const [next, actions] = step(state, event);
          state = next;
          for (const action of actions) if (action.type === "timer") delays.push(action.delay);
        };
        send({ type: "boot" });
        for (const random of randoms) {
          const instance = state.services.a?.instance ?? 0;
          send({ type: "ready", service: "a", instance, now });
          now += POLICY.stableAfter;
          send({ type: "exited", service: "a", instance, now, random, code: 1, signal: null });
          send({ type: "retry", service: "a", instance });
        }
        const cap = POLICY.longestDelay * (1 - POLICY.jitter);
        for (const [index, delay] of delays.entries()) {
          expect(delay).toBeLessThanOrEqual(POLICY.longestDelay * (1 + POLICY.jitter));
          expect(Math.min(delay, cap)).toBeGreaterThanOrEqual(Math.min(delays[index - 1] ?? 0, cap));
        }
      },
    ),
  );
});
