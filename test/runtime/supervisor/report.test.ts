import { spawn } from "node:child_process";
import { expect, it, onTestFinished } from "vitest";
import type { Edge, Event, ServicePolicy, State } from "../../../src/runtime/supervisor/model.ts";
import { createHistory, isReady } from "../../../src/runtime/supervisor/report.ts";
import { initialState, step } from "../../../src/runtime/supervisor/step.ts";
import { eventually } from "../../helpers/eventually.ts";

const policy = (needs: ServicePolicy["needs"] = [], critical = false): ServicePolicy => ({
  needs,
  restart: "always",
  stop: { signal: "TERM", grace: 5, to: "group" },
  critical,
});
const NEEDED = { "session-bus": policy(), display: policy(), desktop: policy() };

/** Takes a state through some events; every edge is noted. */
function drive(state: State, events: readonly Event[], note: (edge: Edge) => void = () => {}): State {
  return events.reduce((before, event) => {
    const [after, actions] = step(before, event);
    for (const action of actions) if (action.type === "edge") note(action.edge);
    return after;
  }, state);
}

const life = (service: string, pid = 100): Event[] => [
  { type: "spawned", service, instance: 1, pid },
  { type: "ready", service, instance: 1, now: 0 },
];

it("is ready when bus, display, desktop and critical services are", () => {
  const plan = { ...NEEDED, vpn: policy([], true), helper: policy() };
  const booted = drive(initialState(plan), [{ type: "boot" }]);
  const almost = drive(
    booted,
    ["session-bus", "display", "desktop"].flatMap((name) => life(name)),
  );
  expect(isReady(undefined)).toBe(false);
  expect(isReady(almost)).toBe(false);
  const ready = drive(almost, life("vpn"));
  expect(isReady(ready)).toBe(true);
  const death = { type: "exited", service: "session-bus", instance: 1, now: 5000, random: 0 } as const;
  expect(isReady(drive(ready, [{ ...death, code: 1, signal: null }]))).toBe(false);
  expect(isReady(drive(ready, [{ type: "stop" }]))).toBe(false);
});

it("has unmet needs, last exits and the number of starts", () => {
  const history = createHistory();
  const plan = { a: policy(), b: policy([{ service: "a", condition: "ready" }]) };
  const events: Event[] = [
    { type: "boot" },
    ...life("a"),
    { type: "exited", service: "a", instance: 1, now: 5000, random: 0, code: null, signal: "SIGSEGV" },
  ];
  const state = drive(initialState(plan), events.slice(0, 2), history.note);
  expect(history.report(state).services.b).toMatchObject({ status: "waiting", waitsFor: ["a (ready)"] });
  const { services, phase, ready } = history.report(drive(state, events.slice(2), history.note));
  expect({ phase, ready }).toEqual({ phase: "running", ready: true });
  expect(services.a).toMatchObject({ status: "starting", starts: 2, lastExit: { signal: "SIGSEGV" } });
  expect(services.a).not.toHaveProperty("pid");
  expect(Date.parse(services.a?.since ?? "")).not.toBeNaN();
});

it("has the memory of living services on request", async () => {
  const child = spawn("sh", ["-c", "sleep 1000 & wait"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void process.kill(-(child.pid as number), "SIGKILL"));
  const state = drive(initialState({ a: policy(), b: policy() }), [
    { type: "boot" },
    ...life("a", child.pid),
  ]);
  expect(createHistory().report(state).services.a).not.toHaveProperty("memory");
  // A process that has just begun uses hardly any.
  await eventually(() => {
    const { services } = createHistory().report(state, { memory: true });
    expect(services.a?.memory).toBeGreaterThan(50_000);
    expect(services.b).not.toHaveProperty("memory");
  });
});

it("is idle before there are services", () => {
  expect(createHistory().report(undefined)).toMatchObject({ phase: "idle", ready: false, services: {} });
});
