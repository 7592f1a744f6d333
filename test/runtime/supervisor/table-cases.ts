import type {
  Event,
  Exit,
  ServicePolicy,
  ServiceState,
  State,
  Status,
} from "../../../src/runtime/supervisor/model.ts";

/** The column "When" of a row of docs/internals/supervision.md, for the state machine. */
export interface Case {
  readonly phase?: State["phase"];
  /** Whether the stop was requested. @default in the phase "stopping" */
  readonly requested?: boolean;
  /** Differences from a second instance with pid 100 that, if it is ready, became ready just now. */
  readonly given?: Partial<ServiceState>;
  readonly policy?: Partial<ServicePolicy>;
  /** Status of the service that it needs. */
  readonly gate?: Status;
  /** Whether that service needs it too. */
  readonly cycle?: boolean;
  /** Statuses of the two services that need it. */
  readonly others?: readonly Status[];
  /** Status of the service, in a row of the container. */
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
  22: { phase: "idle", gate: "ready", policy: { startTimeout: 30 } },
  23: {},
  24: {},
  25: {},
  26: {},
  27: {},
  28: { given: { pid: undefined } },
  29: { given: { afterwards: "stay" } },
  30: { given: { afterwards: "start" } },
  31: { given: { ...unready, afterwards: "fall" } },
  32: { given: { ...well, afterwards: "fall" } },
  33: {},
  34: {},
  35: {},
  36: {},
  37: { others: ["ready"] },
  38: { gate: "ready", cycle: true },
  39: { phase: "stopping", others: ["stopping"] },
  40: { phase: "stopping", others: ["stopping", "stopping"] },
  41: { phase: "stopping", given: { pid: undefined } },
  42: { phase: "stopping" },
  43: { phase: "stopping" },
  44: { phase: "stopping" },
  45: { phase: "stopping" },
  46: { phase: "stopping" },
  47: {},
  48: { phase: "stopping", requested: false },
  49: {},
  50: { status: "ready" },
  51: {},
  52: { status: "starting", policy: forGood, exit: { code: 7 }, gate: "ready" },
  53: { status: "starting", policy: forGood, exit: { code: 7 } },
  54: { status: "stopping" },
  55: { status: "ready", event: "stop" },
};
