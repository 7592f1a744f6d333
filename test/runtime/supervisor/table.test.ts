import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type {
  Action,
  Event,
  Order,
  ServicePolicy,
  ServiceState,
  State,
  Status,
} from "../../../src/runtime/supervisor/model.ts";
import { POLICY } from "../../../src/runtime/supervisor/restart-policy.ts";
import { initialState, step } from "../../../src/runtime/supervisor/step.ts";
import { CASES, type Case, NOW } from "./table-cases.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/internals/supervision.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.slice(1, -1).split("|"))
  .map((cells) => cells.map((cell) => cell.trim()));

/** A row of the three tables of transitions, once for each of its states and events. */
const numbered = rows
  .filter(([number = "", ...cells]) => /^\d+$/.test(number) && cells.length >= 5)
  .flatMap(([number, states = "", events = "", when = "", next = "", actions = "", logged]) =>
    list(states).flatMap((from) =>
      list(events).map((event) => {
        return { number: Number(number), from, event, when, next, actions: list(actions), logged };
      }),
    ),
  );
const ofService = numbered.filter(({ logged }) => logged !== undefined);
const ofContainer = numbered.filter(({ logged }) => logged === undefined);

/** The statuses that a service can have in each phase. */
const STATUSES = {
  running: [
    "waiting",
    "starting",
    "ready",
    "unhealthy",
    "backoff",
    "degraded",
    "stopping",
    "stopped",
    "done",
  ],
  stopping: ["starting", "ready", "unhealthy", "stopping", "stopped"],
} as const;
const ORDERS = ["told to start", "told to stop", "told to restart"];
const OF_INSTANCE = ["spawned", "ready", "exited", "retry", "kill", "late", "outgrown", "lost", "unhealed"];
const EVENTS = [...OF_INSTANCE, ...ORDERS, "visitor", "stop", "hurry", "last"];
/** Timers of the stop, which change nothing before it. */
const OF_STOP = ["hurry", "last", "leave"];

describe("the table", () => {
  it("has a case for every row, numbered without gaps", () => {
    const numbers = [...new Set(numbered.map(({ number }) => number))];
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(Object.keys(CASES).map(Number)).toEqual(numbers);
  });

  it.each(ofService)("row $number: $from, $event, $when -> $next", checkOfService);

  it.each(ofContainer)("row $number: the container, $from, $event, $when -> $next", checkOfContainer);

  it.each(ofService)("row $number, $from, $event, fails when any of its cells is changed", (row) => {
    for (const changed of variantsOf(row))
      expect(() => checkOfService(changed), describeRow(changed)).toThrow();
  });

  it.each(ofContainer)("row $number, $from, $event, fails when any of its cells is changed", (row) => {
    const { logged: _logged, ...variants } = row;
    for (const changed of variantsOf(variants)) {
      expect(() => checkOfContainer(changed), describeRow(changed)).toThrow();
    }
  });

  it.each(["running", "stopping"] as const)("is complete while %s", (phase) => {
    const described = ofService
      .filter(({ number }) => phaseBefore(number) === phase)
      .map(({ from, event }) => `${from} ${event}`);
    for (const status of STATUSES[phase]) {
      for (const event of EVENTS.filter((name) => !described.includes(`${status} ${name}`))) {
        const before = stateOf({ phase }, status);
        expect(step(before, eventOf(event, {})), `${status}, ${event}`).toEqual([before, []]);
      }
    }
  });

  it("ignores timers of a stop, and a second boot, while running", () => {
    const before = stateOf({}, "ready");
    for (const type of [...OF_STOP, "boot"]) expect(step(before, eventOf(type, {}))).toEqual([before, []]);
  });

  it.each(["running", "stopping"] as const)("ignores events of an earlier instance while %s", (phase) => {
    for (const status of STATUSES[phase]) {
      for (const type of OF_INSTANCE) {
        const before = stateOf({ phase }, status);
        expect(step(before, { ...eventOf(type, {}), instance: 1 } as Event)).toEqual([before, []]);
      }
    }
  });
});

it("has the numbers of the policy", () => {
  const numbers = rows.flatMap(([name = "", value = ""]) => {
    const key = /^`(\w+)`$/.exec(name)?.[1];
    return key !== undefined && key in POLICY ? [[key, numberOf(value)] as const] : [];
  });
  expect(Object.fromEntries(numbers)).toEqual(POLICY);
});

type Row = (typeof numbered)[number];

function checkOfService(row: Row): void {
  const test = caseOf(row.number);
  const before = stateOf(test, row.from as Status);
  const [after, actions] = step(before, eventOf(row.event, test));
  const own = actions.filter(isOfService);
  const edges = actions.flatMap((action) =>
    action.type === "edge" && action.edge.service === "a" ? [action.edge] : [],
  );
  const expected = row.next === "same" ? [] : list(row.next);
  expect(edges.map(({ to }) => to)).toEqual(expected);
  expect(after.services.a?.status).toBe(expected.at(-1) ?? row.from);
  const stops = before.phase === "running" && row.event !== "stop" && after.phase !== "running";
  expect([...own.map(word), ...(stops ? ["stop"] : [])]).toEqual(row.actions);
  const { service, from = row.from, to, attempt, ...fields } = edges[0] ?? {};
  expect(from).toBe(row.from);
  expect(Object.keys(fields).sort()).toEqual(list(row.logged ?? "").sort());
}

function checkOfContainer(row: Omit<Row, "logged">): void {
  const test = caseOf(row.number);
  const before = { ...stateOf(test, test.status ?? "waiting"), phase: row.from as State["phase"] };
  const [after, actions] = step(before, eventOf(row.event, test));
  expect(after.phase).toBe(row.next === "same" ? row.from : row.next);
  expect(actions.filter(isOfContainer).map(word)).toEqual(row.actions);
}

/** All variants of a row with one change: another state, or one action or field more or less. */
function variantsOf<T extends Omit<Row, "logged"> & { logged?: string | undefined }>(row: T): T[] {
  const { next, actions, logged } = row;
  const fields = list(logged ?? "");
  const other = next === "degraded" || next === "idle" ? "waiting" : "degraded";
  const without = (items: readonly string[]) =>
    items.map((_, index) => items.filter((__, at) => at !== index));
  return [
    { ...row, next: other },
    ...(next === "same" ? [] : [{ ...row, next: "same" }]),
    ...[...without(actions), [...actions, "spawn"]].map((changed) => ({ ...row, actions: changed })),
    ...(logged === undefined ? [] : [...without(fields), [...fields, "colour"]]).map((changed) => {
      return { ...row, logged: changed.join(", ") };
    }),
  ];
}

function describeRow({
  next,
  actions,
  logged,
}: {
  next: string;
  actions: readonly string[];
  logged?: string | undefined;
}) {
  return `${next}; ${actions.join(", ")}; ${logged}`;
}

function caseOf(number: number): Case {
  const found = CASES[number];
  if (!found) throw new Error(`row ${number} has no case`);
  return found;
}

function phaseBefore(number: number): State["phase"] {
  const { phase = "running" } = caseOf(number);
  return phase === "idle" ? "running" : phase;
}

const PID = 100;

/** `a` is the service of the row; it needs `gate`; `b` and `c` need it. */
function stateOf(test: Case, status: Status): State {
  const policy = (needs: readonly string[], more: Partial<ServicePolicy> = {}): ServicePolicy => ({
    needs: needs.map((service) => ({ service, condition: "ready" })),
    restart: "always",
    stop: { signal: "TERM", grace: 5, to: "group" },
    critical: false,
    ...more,
  });
  const plan = {
    gate: policy(test.cycle ? ["a"] : []),
    a: policy(["gate"], test.policy),
    b: policy(["a"]),
    c: policy(["a"]),
  };
  const { phase = "running", gate = "done", others = [] } = test;
  const initial = initialState(plan);
  const a = { ...initial.services.a, ...lifeOf(status), ...test.given } as ServiceState;
  const resting = (at: Status = "done") => ({ ...initial.services.b, ...lifeOf(at) }) as ServiceState;
  const services = { gate: resting(gate), a, b: resting(others[0]), c: resting(others[1]) };
  return { ...initial, phase, services, requested: test.requested ?? phase === "stopping" };
}

function lifeOf(status: Status): Partial<ServiceState> {
  const alive = ["starting", "ready", "unhealthy", "stopping"].includes(status);
  return {
    status,
    instance: 2,
    ...(alive ? { pid: PID } : {}),
    ...(status === "ready" ? { readyAt: NOW } : {}),
  };
}

function eventOf(name: string, test: Case): Event {
  if (ORDERS.includes(name)) return { type: "order", order: name.slice(8) as Order, service: "a" };
  const type = name === "any" ? (test.event ?? "boot") : name.replace(/other |needed one /, "");
  const service = name === "other exited" ? "b" : name.startsWith("needed one ") ? "gate" : "a";
  const details = { pid: PID, now: NOW, random: 0.5, code: 1, signal: null, loss: 0, ...test.exit };
  return { type, service, instance: 2, ...details } as Event;
}

function isOfService(action: Action): boolean {
  const of = action.type === "timer" ? action.event : action;
  return "service" in of && of.service === "a";
}

function isOfContainer(action: Action): boolean {
  return action.type === "exit" || (action.type === "timer" && !("service" in action.event));
}

function word(action: Action): string {
  if (action.type === "timer") return `${action.event.type} in ${action.delay / 1000} s`;
  if (action.type === "signal") return `signal ${action.signal}`;
  return action.type === "exit" ? `exit ${action.code}` : action.type;
}

function list(cell: string): string[] {
  return cell === "" ? [] : cell.split(", ");
}

/** `0.2 s` in milliseconds, `20 %` as a share, anything else as it is. */
function numberOf(value: string): number {
  const [amount, unit] = value.split(" ");
  return Number(amount) * (unit === "s" ? 1000 : unit === "%" ? 0.01 : 1);
}
