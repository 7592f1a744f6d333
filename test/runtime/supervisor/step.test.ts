import { describe, expect, it } from "vitest";
import type { Event, ServicePolicy } from "../../../src/runtime/supervisor/model.ts";
import { POLICY } from "../../../src/runtime/supervisor/restart-policy.ts";
import { always, CLEAN, CRASH, Machine, one } from "./machine.ts";

describe("starting", () => {
  it("starts services without needs at boot", () => {
    const machine = one();
    expect(machine.of("spawn")).toEqual([{ type: "spawn", service: "a", instance: 1 }]);
    expect(machine.status()).toBe("starting");
  });

  it.each([
    ["started", (m: Machine) => m.spawned()],
    ["ready", (m: Machine) => m.spawned().ready()],
    ["completed", (m: Machine) => m.spawned().exited("a", 0, CLEAN)],
  ] as const)("holds a service back until the one it needs is %s", (condition, satisfy) => {
    const needs = [{ service: "a", condition }];
    const machine = new Machine({ a: { ...always, restart: "never" }, b: { ...always, needs } });
    expect(machine.status("b")).toBe("waiting");
    satisfy(machine);
    expect(machine.status("b")).toBe("starting");
  });

  it.each(["started", "completed"] as const)(
    "takes a clean exit for %s, even of what restarts",
    (condition) => {
      const needs = [{ service: "a", condition }, { service: "b", condition: "ready" } as const];
      const machine = new Machine({ a: always, b: always, c: { ...always, needs } });
      machine.spawned("a").exited("a", 0, CLEAN);
      expect([machine.status("a"), machine.status("c")]).toEqual(["backoff", "waiting"]);
      expect(machine.spawned("b").ready("b").status("c")).toBe("starting");
    },
  );

  it("does not count a failure as completion", () => {
    const needs = [{ service: "a", condition: "completed" } as const];
    const machine = new Machine({ a: { ...always, restart: "never" }, b: { ...always, needs } });
    expect(machine.spawned().exited().status("b")).toBe("waiting");
  });
});

describe("restarting", () => {
  it("restarts at once after a first death when it was ready", () => {
    const machine = one().spawned().ready("a", 0).exited("a", POLICY.stableAfter);
    expect(machine.status()).toBe("starting");
    expect(machine.of("spawn")).toHaveLength(1);
    expect(machine.delay()).toBeUndefined();
  });

  it("kills the rest of the process group before the next instance starts", () => {
    const types = one()
      .spawned()
      .ready()
      .exited("a", POLICY.stableAfter)
      .actions.map((action) => action.type);
    expect(types.indexOf("sweep")).toBeLessThan(types.indexOf("spawn"));
  });

  it("counts a death right after readiness as unready, so that it does not loop", () => {
    expect(
      one()
        .spawned()
        .ready("a", 0)
        .exited("a", POLICY.stableAfter - 1)
        .delay(),
    ).toBe(200);
  });

  it("doubles the pause from 0.2 s to 5 s with each death, even of a service that was ready", () => {
    const machine = one();
    const delays: (number | undefined)[] = [];
    for (let life = 0, at = 0; life < 9; life += 1, at += 2_000) {
      machine
        .spawned()
        .ready("a", at)
        .exited("a", at + POLICY.stableAfter);
      delays.push(machine.delay());
      if (machine.status() === "backoff") machine.due("retry");
    }
    expect(delays).toEqual([undefined, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it("varies the pause by up to a fifth", () => {
    expect(one().spawned().exited("a", 0, CRASH, 0).delay()).toBe(160);
    expect(one().spawned().exited("a", 0, CRASH, 0.999_999).delay()).toBe(240);
  });

  it("starts again with the shortest pause after a minute of readiness", () => {
    const machine = one().spawned().exited().due("retry").spawned().ready("a", 1000);
    expect(machine.exited("a", 1000 + POLICY.resetAfter).status()).toBe("starting");
  });

  it.each([
    ["never", CRASH, "done"],
    ["never", CLEAN, "done"],
    ["on-failure", CLEAN, "done"],
    ["on-failure", CRASH, "backoff"],
    ["on-failure", { code: null, signal: "SIGKILL" }, "backoff"],
    ["always", CLEAN, "backoff"],
    ["always", { code: 125, signal: null }, "done"],
    ["always", { code: null, signal: null, error: "spawn x ENOENT" }, "backoff"],
  ] as const)("with policy %s and exit %o it is %s", (restart, exit, expected) => {
    expect(one({ restart }).spawned().exited("a", 0, exit).status()).toBe(expected);
  });

  it("waits for its needs before it restarts", () => {
    const machine = new Machine({
      a: always,
      b: { ...always, needs: [{ service: "a", condition: "ready" }] },
    });
    machine.spawned("a").ready("a").spawned("b").ready("b").exited("a", 2000).exited("b", 2000);
    expect([machine.status("a"), machine.status("b")]).toEqual(["starting", "waiting"]);
    expect(machine.spawned("a").ready("a", 2100).status("b")).toBe("starting");
  });

  it("ignores events of dead processes", () => {
    const machine = one().spawned().exited().due("retry");
    const before = machine.state;
    machine.send({ type: "ready", service: "a", instance: 1, now: 1 });
    machine.send({ type: "exited", service: "a", instance: 1, now: 1, random: 0, ...CRASH });
    machine.send({ type: "retry", service: "a", instance: 1 });
    machine.send({ type: "kill", service: "a", instance: 2 });
    expect(machine.state).toEqual(before);
  });
});

describe("giving up", () => {
  const broken = (policy: Partial<ServicePolicy> = {}, spacing = 1_000) => {
    const machine = one(policy);
    for (let death = 0; death < POLICY.deathLimit; death += 1) {
      machine.spawned().exited("a", death * spacing, { code: 3, signal: null });
      if (machine.status() === "backoff") machine.due("retry");
    }
    return machine;
  };

  it("gives up after five unready deaths in 30 s and tries again after a minute", () => {
    const machine = broken();
    expect(machine.status()).toBe("degraded");
    expect(machine.delay()).toBe(POLICY.degradedRetry);
    expect(machine.due("retry").status()).toBe("starting");
    expect(machine.spawned().exited("a", 70_000).status()).toBe("degraded");
  });

  it("remembers unready deaths across a short time of being ready", () => {
    const machine = one();
    const die = (at: number) => {
      machine.exited("a", at);
      if (machine.status() === "backoff") machine.due("retry");
    };
    for (const at of [0, 1_000, 2_000, 3_000]) die(at);
    machine.spawned().ready("a", 4_000);
    die(5_000);
    expect(machine.status()).toBe("starting");
    die(6_000);
    expect(machine.status()).toBe("degraded");
  });

  it("does not give up when the deaths are further apart", () => {
    expect(broken({}, POLICY.deathWindow / 4).status()).toBe("starting");
  });

  it("counts a given-up service that was ready again as healthy", () => {
    const machine = broken().due("retry").spawned().ready("a", 100_000).exited("a", 101_000);
    expect(machine.state.services.a).toMatchObject({ givenUp: false });
  });

  it("ends the container with the code of a critical service that is given up", () => {
    expect(broken({ critical: true }).of("exit")).toEqual([{ type: "exit", code: 3 }]);
  });

  it("ends the container with 128 + signal when a critical service may not be restarted", () => {
    const machine = one({ critical: true, restart: "never" }).spawned();
    expect(machine.exited("a", 0, { code: null, signal: "SIGSEGV" }).of("exit")).toMatchObject([
      { code: 139 },
    ]);
  });
});

describe("stopping", () => {
  const chain = () => {
    const machine = new Machine({
      a: always,
      b: {
        ...always,
        needs: [{ service: "a", condition: "ready" }],
        stop: { signal: "INT", grace: 2, to: "group" },
      },
    });
    return machine.spawned("a").ready("a").spawned("b").ready("b");
  };

  it("stops in reverse order of dependency and exits with 0", () => {
    const machine = chain().send({ type: "stop" });
    expect(machine.of("signal")).toEqual([{ type: "signal", service: "b", instance: 1, signal: "INT" }]);
    machine.exited("b");
    expect(machine.of("signal")).toEqual([{ type: "signal", service: "a", instance: 1, signal: "TERM" }]);
    expect(machine.exited("a").of("exit")).toEqual([{ type: "exit", code: 0 }]);
    expect(machine.send({ type: "boot" }).actions).toEqual([]);
  });

  it("kills a service that ignores its signal for longer than its grace", () => {
    const machine = chain().send({ type: "stop" });
    const timer = machine.of("timer").find(({ event }) => event.type === "kill");
    expect(timer?.delay).toBe(2_000);
    expect(machine.due("kill").of("signal")).toEqual([
      { type: "signal", service: "b", instance: 1, signal: "KILL" },
    ]);
  });

  it("signals all after 6.5 s, kills after 8 s and exits after 8.5 s", () => {
    const machine = chain().send({ type: "stop" });
    expect(machine.of("timer").map(({ event, delay }) => [event.type, delay])).toEqual([
      ["hurry", 6500],
      ["last", 8000],
      ["leave", 8500],
      ["kill", 2000],
    ]);
    expect(
      machine
        .send({ type: "hurry" })
        .of("signal")
        .map(({ service }) => service),
    ).toEqual(["a"]);
    expect(
      machine
        .send({ type: "last" })
        .of("signal")
        .map(({ signal }) => signal),
    ).toEqual(["KILL", "KILL"]);
    expect(machine.send({ type: "leave" }).of("exit")).toEqual([{ type: "exit", code: 0 }]);
  });

  it("kills everything at once when told to stop a second time", () => {
    const machine = chain().send({ type: "stop" }).send({ type: "stop" });
    expect(machine.of("signal").map(({ service, signal }) => [service, signal])).toEqual([
      ["a", "KILL"],
      ["b", "KILL"],
    ]);
  });

  it("starts nothing any more, not even after a back-off", () => {
    const machine = new Machine({ a: always, b: always });
    machine.spawned("a").spawned("b").ready("b").exited("a").send({ type: "stop" });
    expect(machine.status("a")).toBe("stopped");
    machine.send({ type: "retry", service: "a", instance: 1 });
    expect(machine.of("spawn")).toEqual([]);
  });

  it("stops services that need each other", () => {
    const needs = (service: string) => [{ service, condition: "started" as const }];
    const machine = new Machine({ a: always, b: always });
    const cyclic = { a: { ...always, needs: needs("b") }, b: { ...always, needs: needs("a") } };
    machine.state = { ...machine.state, plan: cyclic };
    expect(machine.send({ type: "stop" }).of("signal")).toHaveLength(2);
  });
});

describe("a service in trouble", () => {
  it("that is late is stopped, which counts as a death", () => {
    const machine = one({ startTimeout: 3 });
    for (let deaths = 1; deaths <= POLICY.deathLimit; deaths += 1) {
      if (deaths > 1) machine.due("retry");
      machine.due("late");
      expect(machine.of("edge")[0]?.edge).toMatchObject({ to: "stopping", reason: "late" });
      machine.exited("a", 0, { code: null, signal: "SIGTERM" });
    }
    expect(machine.status()).toBe("degraded");
  });

  it("is not late once it is ready", () => {
    const machine = one({ startTimeout: 3 });
    const timer = machine.of("timer")[0]?.event as Event;
    expect(machine.ready().send(timer).actions).toEqual([]);
  });

  it("that uses too much memory starts again, whatever its policy", () => {
    const machine = one({ restart: "never" }).ready();
    machine.send({ type: "outgrown", service: "a", instance: 1 });
    expect(machine.of("edge")[0]?.edge).toMatchObject({ to: "stopping", reason: "memory" });
    expect(machine.exited("a", 5_000, CLEAN).status()).toBe("starting");
  });

  it("is only stopped once the container stops", () => {
    const machine = one().ready().send({ type: "stop" });
    expect(machine.send({ type: "outgrown", service: "a", instance: 1 }).actions).toEqual([]);
  });
});

it("kills only at the second request: when a failure stops the container, services keep their grace", () => {
  const machine = new Machine({ a: { ...always, critical: true, restart: "never" }, b: always });
  machine.ready("b").exited();
  expect(machine.status("b")).toBe("stopping");
  expect(machine.send({ type: "stop" }).actions).toEqual([]);
  expect(machine.send({ type: "stop" }).of("signal")).toMatchObject([{ service: "b", signal: "KILL" }]);
});

it("keeps the grace of services when it stops because a critical service was given up", () => {
  const machine = new Machine({ a: { ...always, critical: true }, b: always });
  for (let deaths = 1; deaths < POLICY.deathLimit; deaths += 1) machine.exited().due("retry");
  expect(machine.exited().status("b")).toBe("stopping");
  expect(machine.send({ type: "stop" }).actions).toEqual([]);
});

it("logs why a service that should stop could not be spawned", () => {
  const machine = one().send({ type: "stop" }).exited("a", 0, { code: null, signal: null, error: "ENOMEM" });
  expect(machine.of("edge").at(-1)?.edge).toMatchObject({ to: "stopped", error: "ENOMEM" });
});
