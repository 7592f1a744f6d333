import type {
  Event,
  Exit,
  ServicePolicy,
  ServiceState,
  State,
  Status,
} from "../../../src/runtime/supervisor/model.ts";

/** What a row of docs/supervision.md says in words under "When", for the machine. */
export interface Case {
  readonly phase?: State["phase"];
  /** What differs from a second instance with pid 100 that became ready, if it is ready, just now. */
  readonly given?: Partial<ServiceState>;
  readonly policy?: Partial<ServicePolicy>;
  /** Where the service that it needs stands. */
  readonly gate?: Status;
  /** Whether that one needs it, too. */
  readonly cycle?: boolean;
  /** Where the two services stand that need it. */
  readonly others?: readonly Status[];
  /** Of the service, in a row of the container. */
  readonly status?: Status;
  readonly exit?: Partial<Exit>;
  /** For "any". */
  readonly event?: Event["type"];
}

/** The moment of every event, in monotonic milliseconds. */
export const NOW = 1_000_000;

const well = { readyAt: NOW - 1_000 };
const unready = { readyAt: NOW - 999 };
const deaths = (oldest: number) => [oldest, ...[400, 300, 200].map((before) => NOW - before)];
const critical = { critical: true };
const forGood = { critical: true, restart: "never" } as const;

/** One case for each row, by its number. */
export const CASES: Readonly<Record<number, Case>> = {
  1: { phase: "idle", gate: "ready" },
  2: { phase: "idle" },
  3: { given: { pid: undefined } },
  4: {},
  5: { policy: { restart: "never" } },
  6: { policy: { restart: "on-failure" }, exit: { code: 0 } },
  7: { exit: { code: 125 } },
  8: { policy: forGood },
  9: { policy: forGood, exit: { code: 0 } },
  10: { given: well },
  11: { given: { readyAt: NOW - 60_000, failures: 9 } },
  12: { given: { readyAt: NOW - 59_999, failures: 1 } },
  13: { given: unready },
  14: { given: { failures: 2 } },
  15: { given: { failures: 7, deaths: deaths(NOW - 30_000) } },
  16: { given: { pid: undefined }, exit: { code: null, error: "spawn a ENOENT" } },
  17: { given: { failures: 5, deaths: deaths(NOW - 29_999) } },
  18: { given: { failures: 5, deaths: deaths(NOW - 29_999) }, policy: critical },
  19: { given: { failures: 5, givenUp: true } },
  20: { given: { ...well, failures: 5, givenUp: true } },
  21: {},
  22: {},
  23: {},
  24: { others: ["ready"] },
  25: { gate: "ready", cycle: true },
  26: { phase: "stopping", others: ["stopping"] },
  27: { phase: "stopping", others: ["stopping", "stopping"] },
  28: { phase: "stopping", given: { pid: undefined } },
  29: { phase: "stopping" },
  30: { phase: "stopping" },
  31: { phase: "stopping" },
  32: { phase: "stopping" },
  33: { phase: "stopping" },
  34: {},
  35: { status: "ready" },
  36: {},
  37: { status: "starting", policy: forGood, exit: { code: 7 }, gate: "ready" },
  38: { status: "starting", policy: forGood, exit: { code: 7 } },
  39: { status: "stopping" },
  40: { status: "ready", event: "stop" },
};
