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
  readonly exit?: Partial<Exit> & { readonly starved?: boolean };
  /** For "any". */
  readonly event?: Event["type"];
}

/** The moment of every event, in monotonic milliseconds. */
export const NOW = 1_000_000;

const well = { readyAt: NOW - 1_000 };
const unready = { readyAt: NOW - 999 };
const deaths = (oldest: number) => [oldest, ...[400, 300, 200].map((before) => NOW - before)];
const critical = { critical: true };
const killed = { code: null, signal: "SIGKILL" };
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
  10: { given: well, gate: "ready" },
  11: { given: { readyAt: NOW - 10_000, failures: 9 }, gate: "ready" },
  12: { given: { readyAt: NOW - 9_999, failures: 1 }, gate: "ready" },
  13: { given: unready, gate: "ready" },
  14: { given: { failures: 2 }, gate: "ready" },
  15: { given: { failures: 7, deaths: deaths(NOW - 30_000) }, gate: "ready" },
  16: { given: { pid: undefined }, exit: { code: null, error: "spawn a ENOENT" }, gate: "ready" },
  17: { given: { failures: 5, deaths: deaths(NOW - 29_999) }, gate: "ready" },
  18: { given: { failures: 5, deaths: deaths(NOW - 29_999) }, policy: critical, gate: "ready" },
  19: { given: { failures: 5, givenUp: true }, gate: "ready" },
  20: { given: { ...well, failures: 5, givenUp: true }, gate: "ready" },
  21: { gate: "backoff" },
  22: { given: { outdated: true }, gate: "ready" },
  23: { given: { ...well, failures: 5 }, exit: killed, gate: "ready" },
  24: { given: { failures: 5, deaths: deaths(NOW - 29_999) }, exit: killed, gate: "ready" },
  25: { given: { failures: 2 }, exit: { ...killed, starved: true }, gate: "ready" },
  26: {},
  27: {},
  28: { gate: "starting" },
  29: { given: { lastDeath: { at: NOW - 500, failures: 0, deaths: [], givenUp: false } }, gate: "ready" },
  30: { given: { lastDeath: { at: NOW - 501, failures: 0, deaths: [], givenUp: false } }, gate: "ready" },
  31: { phase: "idle", gate: "ready", policy: { startTimeout: 30 } },
  32: {},
  33: {},
  34: {},
  35: { given: { repairs: 3 } },
  36: { given: { readyAt: NOW - 10_000, repairs: 3 } },
  37: { given: { outdated: true } },
  38: {},
  39: { gate: "starting" },
  40: { gate: "unhealthy" },
  41: { gate: "starting" },
  42: {},
  43: {},
  44: {},
  45: { given: { pid: undefined } },
  46: { given: { afterwards: "stay" } },
  47: { given: { afterwards: "start" } },
  48: { given: { ...unready, afterwards: "fall" }, gate: "ready" },
  49: { given: { ...well, afterwards: "fall" }, gate: "ready" },
  50: {},
  51: {},
  52: {},
  53: {},
  54: { others: ["ready"] },
  55: { gate: "ready", cycle: true },
  56: { phase: "stopping", others: ["stopping"] },
  57: { phase: "stopping", others: ["stopping", "stopping"] },
  58: { phase: "stopping", given: { pid: undefined } },
  59: { phase: "stopping" },
  60: { phase: "stopping" },
  61: { phase: "stopping" },
  62: { phase: "stopping" },
  63: { phase: "stopping" },
  64: {},
  65: { phase: "stopping", requested: false },
  66: {},
  67: { status: "ready" },
  68: {},
  69: { status: "starting", policy: forGood, exit: { code: 7 }, gate: "ready" },
  70: { status: "starting", policy: forGood, exit: { code: 7 } },
  71: { status: "stopping" },
  72: { status: "ready", event: "stop" },
};
