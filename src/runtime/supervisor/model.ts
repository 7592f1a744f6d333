import type { Need, RestartPolicy, StopPolicy } from "../../model/types.ts";

/**
 * The status of a service.
 * waiting: its needs are not met; starting: spawned; ready: it reported that it is; unhealthy: it runs, but is not ready
 * in time or no longer ready; backoff: it died and a timer runs; degraded: given up, tried again now and then; stopping:
 * signalled; done: its restart policy does not restart it; stopped: down because of an order, or because the container
 * stops.
 */
export type Status =
  | "waiting"
  | "starting"
  | "ready"
  | "unhealthy"
  | "backoff"
  | "degraded"
  | "stopping"
  | "done"
  | "stopped";

/** An order to one service while the container runs. */
export type Order = "start" | "stop" | "restart";

/**
 * Why a living service is signalled while the container runs: an order, its memory, a start that took too long, that it
 * stayed unhealthy, or that what it needs has started after it.
 */
export type Reason = "order" | "memory" | "late" | "unhealthy" | "need";

/** The part of a service's settings that the state machine uses. `stop.grace` and `startTimeout` are in seconds. */
export interface ServicePolicy {
  readonly needs: readonly Required<Need>[];
  readonly restart: RestartPolicy;
  readonly stop: Required<StopPolicy>;
  readonly critical: boolean;
  /** Whether it starts only by an order. @default false */
  readonly held?: boolean;
  /** How long it may take to become ready. @default no limit */
  readonly startTimeout?: number;
}

/** All services by name. Services that can start at the same moment are started in this order. */
export type Plan = Readonly<Record<string, ServicePolicy>>;

/** What decides about the pause after a death. */
export type DeathCounts = Pick<ServiceState, "failures" | "deaths" | "givenUp">;

/** One service at one moment. Times are monotonic milliseconds. */
export interface ServiceState {
  readonly status: Status;
  /** Counts the spawns; tells events of an old process from those of the living one. */
  readonly instance: number;
  /** Process id, once known, while the process is alive. */
  readonly pid: number | undefined;
  /** When it became ready; undefined while it is not. */
  readonly readyAt: number | undefined;
  /** Deaths in a row without 60 s of readiness between them: the step of the back-off. */
  readonly failures: number;
  /** Times of the recent deaths that count for giving up. */
  readonly deaths: readonly number[];
  /** Its last death that was counted: when that was, and the counts before it. */
  readonly lastDeath: ({ readonly at: number } & DeathCounts) | undefined;
  /** It was given up and has not been ready for `stableAfter` since. */
  readonly givenUp: boolean;
  /** How often it became unhealthy: tells the timer of an earlier time from that of this one. */
  readonly losses: number;
  /** Restarts in a row because it stayed unhealthy. */
  readonly repairs: number;
  /** A service that it needs has started after it. */
  readonly outdated: boolean;
  /** It has ended with exit code 0 at least once. */
  readonly completed: boolean;
  /** What follows the exit of a service that is stopping while the container runs; `fall` is as after a death. */
  readonly afterwards: "stay" | "start" | "fall";
}

export interface State {
  readonly phase: "idle" | "running" | "stopping" | "ended";
  readonly plan: Plan;
  readonly services: Readonly<Record<string, ServiceState>>;
  /** The stop was requested, as opposed to caused by a critical service that failed. */
  readonly requested: boolean;
  /** The supervisor's exit code. */
  readonly exitCode: number;
}

/** How a process ended: a code, a signal, or an error when it could not be spawned. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: string;
}

interface Starved {
  /** The kernel has killed a process of the container because memory ran out. @default false */
  readonly starved?: boolean;
}

export interface OfInstance {
  readonly service: string;
  readonly instance: number;
}

/** The event that a timer of the state machine sends. */
export type TimerEvent =
  | ({ readonly type: "retry" } & OfInstance)
  | ({ readonly type: "kill" } & OfInstance)
  /** Its start timeout has passed. */
  | ({ readonly type: "late" } & OfInstance)
  /** It has been unhealthy for too long, since its loss of this number. */
  | ({ readonly type: "unhealed"; readonly loss: number } & OfInstance)
  | { readonly type: "hurry" }
  | { readonly type: "last" }
  | { readonly type: "leave" };

/** An event. `now` is monotonic milliseconds, `random` lies in [0, 1). */
export type Event =
  | { readonly type: "boot" }
  | ({ readonly type: "spawned"; readonly pid: number } & OfInstance)
  | ({ readonly type: "ready"; readonly now: number } & OfInstance)
  | ({ readonly type: "exited"; readonly now: number; readonly random: number } & OfInstance & Exit & Starved)
  /** It is not ready in time, or no longer. */
  | ({ readonly type: "lost"; readonly now: number } & OfInstance)
  | { readonly type: "order"; readonly order: Order; readonly service: string }
  /** Somebody wants to see the desktop. */
  | { readonly type: "visitor" }
  /** It uses more memory than it may. */
  | ({ readonly type: "outgrown" } & OfInstance)
  | { readonly type: "stop" }
  | TimerEvent;

/** A change of a service's status, as it is logged. `delay` is milliseconds until the next attempt. */
export interface Edge extends Partial<Exit> {
  readonly service: string;
  readonly from: Status;
  readonly to: Status;
  readonly attempt: number;
  readonly pid?: number;
  readonly delay?: number;
  readonly reason?: Reason;
}

/** An effect for the runtime to carry out, in order. `delay` is in milliseconds. */
export type Action =
  | ({ readonly type: "spawn" } & OfInstance)
  /** KILL goes to the whole process group, other signals as `stop.to` says. */
  | ({ readonly type: "signal"; readonly signal: "TERM" | "INT" | "HUP" | "QUIT" | "KILL" } & OfInstance)
  /** The process has ended: kills the rest of its group, so that the next instance does not compete with it. */
  | ({ readonly type: "sweep" } & OfInstance)
  | { readonly type: "timer"; readonly delay: number; readonly event: TimerEvent }
  | { readonly type: "edge"; readonly edge: Edge }
  | { readonly type: "exit"; readonly code: number };
