import { isAlive } from "./draft.ts";
import { memoryOfSessions } from "./memory.ts";
import type { Edge, Exit, ServiceState, State, Status } from "./model.ts";
import { unmetNeeds } from "./needs.ts";

/** What /statez, /metrics, kasmixctl and SIGUSR1 tell. */
export interface Report {
  readonly phase: State["phase"];
  /** Everything that must be ready is: session bus, display, desktop and every critical service. */
  readonly ready: boolean;
  /** Seconds since the entrypoint started. */
  readonly uptime: number;
  readonly services: Readonly<Record<string, ServiceReport>>;
}

export interface ServiceReport {
  readonly status: Status;
  /** Process id while a process lives. */
  readonly pid?: number;
  /** Spawns so far. */
  readonly starts: number;
  /** ISO time of the last change of state. */
  readonly since: string;
  readonly critical: boolean;
  /** Of a waiting one: the needs that are not met, each as `desktop (ready)`. */
  readonly waitsFor?: readonly string[];
  readonly lastExit?: Exit & { readonly at: string };
  /** Bytes that its session's processes use; only in reports asked for with memory. */
  readonly memory?: number;
}

/** Reading memory takes a millisecond or two for each process, so it is done only when asked for. */
export type Reporter = (options?: { readonly memory?: boolean }) => Report;

/** What every desktop needs. */
const REQUIRED: readonly string[] = ["session-bus", "display", "desktop"];

/** Keeps what the state does not: when something changed, and how processes ended. */
export interface Chronicle {
  note(edge: Edge): void;
  report(state: State | undefined, options?: { readonly memory?: boolean }): Report;
}

/** A chronicle that begins now. */
export function createChronicle(): Chronicle {
  const begin = new Date().toISOString();
  const since = new Map<string, string>();
  const exits = new Map<string, Exit & { at: string }>();
  return {
    note({ service, code, signal, error }) {
      const at = new Date().toISOString();
      since.set(service, at);
      if (code === undefined || signal === undefined) return;
      exits.set(service, { code, signal, ...(error === undefined ? {} : { error }), at });
    },
    report(state, { memory = false } = {}) {
      const known = Object.entries(state?.services ?? {});
      const used = memory ? memoryOfSessions(new Set(known.flatMap(([, { pid }]) => pid ?? []))) : undefined;
      const services = known.map(([name, service]) => {
        const lastExit = exits.get(name);
        const bytes = service.pid === undefined ? undefined : used?.get(service.pid);
        const facts = {
          ...describe(state as State, name, service),
          since: since.get(name) ?? begin,
          ...(lastExit ? { lastExit } : {}),
          ...(bytes === undefined ? {} : { memory: bytes }),
        };
        return [name, facts] as const;
      });
      return {
        phase: state?.phase ?? "idle",
        ready: isReady(state),
        uptime: Math.round(process.uptime() * 10) / 10,
        services: Object.fromEntries(services),
      };
    },
  };
}

function describe(state: State, name: string, service: ServiceState) {
  const { status, pid, instance } = service;
  const unmet = status === "waiting" ? unmetNeeds(state, name) : [];
  return {
    status,
    ...(isAlive(service) && pid !== undefined ? { pid } : {}),
    starts: instance,
    critical: state.plan[name]?.critical ?? false,
    ...(unmet.length > 0
      ? { waitsFor: unmet.map(({ service, condition }) => `${service} (${condition})`) }
      : {}),
  };
}

/** Whether everything that must be ready is; cheap enough to be asked at every edge. */
export function isReady(state: State | undefined): boolean {
  if (state === undefined || state.phase !== "running") return false;
  return Object.entries(state.services).every(([name, { status }]) => {
    const required = REQUIRED.includes(name) || state.plan[name]?.critical === true;
    return !required || status === "ready";
  });
}
