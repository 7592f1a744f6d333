import { describe, expect, it } from "vitest";
import type { Event } from "../../../src/runtime/supervisor/model.ts";
import { refusal } from "../../../src/runtime/supervisor/orders.ts";
import { POLICY } from "../../../src/runtime/supervisor/restart-policy.ts";
import { step } from "../../../src/runtime/supervisor/step.ts";
import { always, CLEAN, Machine, one } from "./machine.ts";

describe("a service that is held", () => {
  it("stays down until an order starts it, and is an ordinary one from then on", () => {
    const machine = one({ held: true });
    expect(machine.status()).toBe("stopped");
    expect(machine.order("start").status()).toBe("starting");
    expect(machine.exited().status()).toBe("backoff");
  });
});

describe("orders", () => {
  it("stop a service until another one starts it, whatever its policy", () => {
    const machine = one().ready().order("stop");
    expect(machine.of("signal")).toMatchObject([{ service: "a", signal: "TERM" }]);
    expect(machine.of("edge")[0]?.edge).toMatchObject({ to: "stopping", reason: "order" });
    machine.exited("a", 0, CLEAN);
    expect(machine.state.services.a).toMatchObject({ status: "stopped", pid: undefined, completed: true });
    expect(machine.state.services.a?.readyAt).toBeUndefined();
    expect(machine.order("start").status()).toBe("starting");
    expect(machine.of("spawn")).toHaveLength(1);
  });

  it("do not end the container when they stop a critical service", () => {
    const machine = one({ critical: true }).ready().order("stop").exited();
    expect(machine.state.phase).toBe("running");
  });

  it("restart a service at once, without its earlier back-off", () => {
    const machine = one();
    for (let deaths = 0; deaths < 3; deaths += 1) machine.exited().due("retry");
    machine.spawned().ready().order("restart").exited("a", 0, CLEAN);
    expect(machine.state.services.a).toMatchObject({ status: "starting", pid: undefined, completed: true });
    expect(machine.state.services.a?.readyAt).toBeUndefined();
    expect(machine.exited().delay()).toBe(POLICY.firstDelay);
  });

  it.each([
    ["stop", "start", "starting"],
    ["stop", "restart", "starting"],
    ["restart", "stop", "stopped"],
  ] as const)("replace the order before: %s, then %s", (first, second, status) => {
    const machine = one().ready().order(first).order(second);
    expect(machine.actions).toEqual([]);
    expect(machine.exited().status()).toBe(status);
  });

  it.each(["start", "restart"] as const)("end a back-off and the degraded state: %s", (order) => {
    const machine = one();
    machine.exited();
    expect(machine.order(order).status()).toBe("starting");
    for (let deaths = 0; deaths < POLICY.deathLimit - 1; deaths += 1) machine.exited().due("retry");
    machine.exited();
    expect(machine.status()).toBe("degraded");
    expect(machine.order(order).status()).toBe("starting");
    expect(machine.exited().status()).toBe("backoff");
  });

  it("to start leave no timer behind that would start it again", () => {
    const machine = one().exited();
    const timer = machine.of("timer")[0]?.event as Event;
    machine.order("start");
    expect(machine.send(timer).actions).toEqual([]);
  });

  it("to restart a waiting service start it once, when its needs are met", () => {
    const needs = [{ service: "b", condition: "ready" }] as const;
    const machine = new Machine({ a: { ...always, needs }, b: always });
    expect(machine.order("restart").actions).toEqual([]);
    machine.ready("b");
    expect(machine.of("spawn")).toEqual([{ type: "spawn", service: "a", instance: 1 }]);
  });

  it.each([
    ["start", (machine: Machine) => machine.ready(), "a is already running"],
    ["start", (machine: Machine) => machine, "a is already running"],
    ["stop", (machine: Machine) => machine.order("stop").exited(), "a is already stopped"],
    ["restart", (machine: Machine) => machine.send({ type: "stop" }), "the container is stopping"],
  ] as const)("are refused with the reason: %s", (order, prepare, reason) => {
    const machine = prepare(one());
    const { state } = machine;
    expect(refusal(state, order, "a")).toBe(reason);
    expect(machine.order(order).state).toEqual(state);
  });

  it("are refused for a waiting service, with its unmet needs, and for an unknown one", () => {
    const needs = [
      { service: "b", condition: "ready" },
      { service: "c", condition: "completed" },
    ] as const;
    const { state } = new Machine({ a: { ...always, needs }, b: always, c: always });
    expect(refusal(state, "start", "a")).toBe("a is already waiting to start, for b (ready), c (completed)");
    expect(refusal(state, "stop", "unknown")).toBe("there is no service unknown");
    expect(step(state, { type: "order", order: "stop", service: "unknown" })).toEqual([state, []]);
  });
});
