import { isAlive } from "./draft.ts";
import { memoryOfSessions } from "./memory.ts";
import type { Edge, Exit, ServiceState, State, Status } from "./model.ts";
import { unmetNeeds } from "./needs.ts";

/** The report of /statez, /metrics, kasmixctl and SIGUSR1. */
export interface Report {
  readonly phase: State["phase"];
  /** Whether session bus, display, desktop and every critical service are ready. */
  readonly ready: boolean;
  /** Seconds since the entrypoint started. */
  readonly uptime: number;
  readonly services: Readonly<Record<string, ServiceReport>>;
  /** What people who use the desktop must know, such as that nothing is kept. */
  readonly warnings?: readonly string[];
}

export interface ServiceReport {
  readonly status: Status;
  /** Process id while the process is alive. */
  readonly pid?: number;
  /** Spawns so far. */
  readonly starts: number;
  /** ISO time of the last change of state. */
  readonly since: string;
  readonly critical: boolean;
  /** The unmet needs of a waiting service, each as `desktop (ready)`. */
  readonly waitsFor?: readonly string[];
  readonly lastExit?: Exit & { readonly at: string };
  /** Bytes that the processes of its session use; only in reports with memory. */
  readonly memory?: number;
}

/** Memory is included only on request: reading it takes a millisecond or two for each process. */
export type Reporter = (options?: { readonly memory?: boolean }) => Report;

/** Services that every desktop needs. */
const REQUIRED: readonly string[] = ["session-bus", "display", "desktop"];

/** Remembers what the state does not: times of changes, and how processes ended. */
export interface History {
  note(edge: Edge): void;
  report(state: State | undefined, options?: { readonly memory?: boolean }): Report;
}

/** An empty history. */
export function createHistory(): History {
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

/** Whether everything that must be ready is ready; cheap enough to call at every edge. */
export function isReady(state: State | undefined): boolean {
  if (state === undefined || state.phase !== "running") return false;
  return Object.entries(state.services).every(([name, { status }]) => {
    const required = REQUIRED.includes(name) || state.plan[name]?.critical === true;
    return !required || status === "ready";
  });
}
