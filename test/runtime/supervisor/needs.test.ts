import { describe, expect, it } from "vitest";
import { POLICY } from "../../../src/runtime/supervisor/restart-policy.ts";
import { always, Machine, one } from "./machine.ts";

describe("a need that is settled", () => {
  const needs = [{ service: "b", condition: "settled" }] as const;
  const settled = () => new Machine({ a: { ...always, needs }, b: always });

  it("waits while the service may still become ready", () => {
    const machine = settled().exited("b");
    expect(machine.status("b")).toBe("backoff");
    expect(machine.status()).toBe("waiting");
    expect(machine.due("retry").ready("b").status()).toBe("starting");
  });

  it("does not wait for a service that was given up", () => {
    const machine = settled();
    for (let deaths = 1; deaths < POLICY.deathLimit; deaths += 1) machine.exited("b").due("retry");
    expect(machine.status()).toBe("waiting");
    expect(machine.exited("b").status()).toBe("starting");
  });

  it("does not wait for a service that has ended", () => {
    const machine = new Machine({ a: { ...always, needs }, b: { ...always, restart: "never" } });
    expect(machine.exited("b").status()).toBe("starting");
  });

  it("does not wait for a service that was stopped", () => {
    expect(settled().order("stop", "b").exited("b").status()).toBe("starting");
  });
});

it("does not wait for an unknown service", () => {
  const needs = [{ service: "unknown", condition: "ready" }] as const;
  expect(one({ needs }).status()).toBe("starting");
});
