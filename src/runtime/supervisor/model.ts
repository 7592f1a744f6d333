import type { Need, RestartPolicy, StopPolicy } from "../../model/types.ts";

/**
 * Where a service stands.
 * waiting: its needs are not met; starting: spawned; ready: it said so; backoff: it died and a timer runs;
 * degraded: given up, tried again once a minute; stopping: signalled; done: ended for good by its restart
 * policy; stopped: down because it was told to, or because the container stops.
 */
export type Status =
  | "waiting"
  | "starting"
  | "ready"
  | "backoff"
  | "degraded"
  | "stopping"
  | "done"
  | "stopped";

/** What somebody may ask of one service while the container runs. */
export type Order = "start" | "stop" | "restart";

/** Why a living service is signalled although the container runs: an order, its memory, or a start that took too long. */
export type Reason = "order" | "memory" | "late";

/** What the state machine has to know of a service. `stop.grace` and `startTimeout` are in seconds. */
export interface ServicePolicy {
  readonly needs: readonly Required<Need>[];
  readonly restart: RestartPolicy;
  readonly stop: Required<StopPolicy>;
  readonly critical: boolean;
  /** Whether it is stopped at first and waits for an order. @default false */
  readonly held?: boolean;
  /** How long it may take to become ready. @default as long as it likes */
  readonly startTimeout?: number;
}

/** All services by name. Their order is the order in which those that could start together are started. */
export type Plan = Readonly<Record<string, ServicePolicy>>;

/** One service at one moment. Times are monotonic milliseconds. */
export interface ServiceState {
  readonly status: Status;
  /** Counts the spawns; tells an event of an old process from one of the living. */
  readonly instance: number;
  /** Process id while the process lives and once it is known. */
  readonly pid: number | undefined;
  /** When it became ready; undefined while it is not. */
  readonly readyAt: number | undefined;
  /** Deaths in a row without 60 s of readiness between them: the step of the back-off. */
  readonly failures: number;
  /** Times of the unready deaths that still count for giving up. */
  readonly deaths: readonly number[];
  /** It was given up and has not been well since. */
  readonly givenUp: boolean;
  /** It has ended with exit code 0 at least once. */
  readonly completed: boolean;
  /** Of one that is stopping while the container runs: what follows its exit. `fall` is as after a death. */
  readonly afterwards: "stay" | "start" | "fall";
}

export interface State {
  readonly phase: "idle" | "running" | "stopping" | "ended";
  readonly plan: Plan;
  readonly services: Readonly<Record<string, ServiceState>>;
  /** Somebody asked for the stop, as opposed to a critical service that failed. */
  readonly told: boolean;
  /** What the supervisor exits with. */
  readonly exitCode: number;
}

/** How a process ended: one of code and signal, or an error when it could not even be spawned. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: string;
}

export interface OfInstance {
  readonly service: string;
  readonly instance: number;
}

/** What a timer set by the state machine sends when it is due. */
export type TimerEvent =
  | ({ readonly type: "retry" } & OfInstance)
  | ({ readonly type: "kill" } & OfInstance)
  /** It is not ready though its start timeout has passed. */
  | ({ readonly type: "late" } & OfInstance)
  | { readonly type: "hurry" }
  | { readonly type: "last" }
  | { readonly type: "leave" };

/** What happened. `now` is monotonic milliseconds, `random` lies in [0, 1). */
export type Event =
  | { readonly type: "boot" }
  | ({ readonly type: "spawned"; readonly pid: number } & OfInstance)
  | ({ readonly type: "ready"; readonly now: number } & OfInstance)
  | ({ readonly type: "exited"; readonly now: number; readonly random: number } & OfInstance & Exit)
  | { readonly type: "order"; readonly order: Order; readonly service: string }
  /** It uses more memory than it may. */
  | ({ readonly type: "outgrown" } & OfInstance)
  | { readonly type: "stop" }
  | TimerEvent;

/** One edge of the state machine, as it is logged. `delay` is milliseconds until the next attempt. */
export interface Edge extends Partial<Exit> {
  readonly service: string;
  readonly from: Status;
  readonly to: Status;
  readonly attempt: number;
  readonly pid?: number;
  readonly delay?: number;
  readonly reason?: Reason;
}

/** What the runtime has to do, in order. `delay` is in milliseconds. */
export type Action =
  | ({ readonly type: "spawn" } & OfInstance)
  /** To the whole process group, or as `stop.to` says if it is not KILL. */
  | ({ readonly type: "signal"; readonly signal: "TERM" | "INT" | "HUP" | "QUIT" | "KILL" } & OfInstance)
  /** The process has ended: kill what is left of its group, so that the next instance finds no rival. */
  | ({ readonly type: "sweep" } & OfInstance)
  | { readonly type: "timer"; readonly delay: number; readonly event: TimerEvent }
  | { readonly type: "edge"; readonly edge: Edge }
  | { readonly type: "exit"; readonly code: number };
