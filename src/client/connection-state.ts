/** What the page shows about the connection; also the value of `data-state` on <html>. */
export type Phase = "connecting" | "connected" | "reconnecting" | "disconnected";

/**
 * Why there is no connection. `network`: nothing answers; `desktop`: the server answers but the desktop does not;
 * `restart`: the server announced a restart of the desktop; `closed`: an open connection was closed; `throttled`:
 * the server refuses sign-ins for a while; `session`: the credentials are no longer accepted; `security`: the
 * desktop refused the handshake or a message; `dismissed`: the owner ended it; `user`: the visitor ended it; `idle`,
 * `longest`: the session reached a limit.
 * Behind a reverse proxy: `origin`, `upgrade`, `cookie`: the server refused the WebSocket because the page counts as
 * another site's, or its Upgrade header or cookie was missing; `blocked`: the WebSocket did not reach the server;
 * `unreached`: the proxy does not reach the server; `proxy`: the proxy lets nobody in; `foreign`: it answers something else.
 */
export type Reason =
  | "network"
  | "desktop"
  | "restart"
  | "closed"
  | "throttled"
  | "session"
  | "security"
  | "dismissed"
  | "idle"
  | "longest"
  | "user"
  | "origin"
  | "upgrade"
  | "cookie"
  | "blocked"
  | "unreached"
  | "proxy"
  | "foreign";

/** One state of the connection. Times are milliseconds on the clock that the events' `now` comes from. */
export interface ConnectionState {
  readonly phase: Phase;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** When the next attempt is due; null while an attempt is under way or none is planned. */
  readonly retryAt: number | null;
  /** When the connection was established; null in other phases. */
  readonly connectedAt: number | null;
  readonly reason: Reason | null;
}

/**
 * What can happen: `connect` asks for a connection now, `established` and `lost` come from the current attempt,
 * `refused` is a loss that a retry cannot fix, `due` is the timer, `wake` says that the network or the visitor is
 * back, `stop` ends everything.
 */
export type ConnectionEvent =
  | { readonly type: "connect" | "established" | "due" | "wake" | "stop" }
  | { readonly type: "lost" | "refused"; readonly reason: Reason };

/** The state before the first attempt. */
export const initialState: ConnectionState = {
  phase: "disconnected",
  failures: 0,
  retryAt: null,
  connectedAt: null,
  reason: null,
};

const firstDelay = 500;
const longestDelay = 15_000;
/**
 * A connection that lived for less than this counts as one more failure: a server that accepts and drops at once
 * must not be flooded.
 */
const stableAfter = 10_000;

/** The state after `event` at time `now`; the same object when the event changes nothing. */
export function nextState(state: ConnectionState, event: ConnectionEvent, now: number): ConnectionState {
  switch (event.type) {
    case "stop":
      return { ...initialState, reason: "user" };
    case "refused":
      return isIdle(state) ? state : { ...initialState, reason: event.reason };
    case "connect":
      return connectNow(state);
    case "established":
      return isDialing(state)
        ? { phase: "connected", failures: state.failures, retryAt: null, connectedAt: now, reason: null }
        : state;
    case "lost":
      return afterLoss(state, event.reason, now);
    case "due":
      // Even when it is early: Firefox's timers are, by parts of a millisecond, and none comes after this one.
      return state.retryAt !== null ? { ...state, retryAt: null } : state;
    case "wake":
      return state.retryAt !== null ? { ...state, retryAt: null, failures: 0 } : state;
  }
}

/** Whether an attempt is running or has to start in this state. */
export function isDialing(state: ConnectionState): boolean {
  return state.phase === "connecting" || (state.phase === "reconnecting" && state.retryAt === null);
}

/** Milliseconds to wait after the given number of failures in a row: doubling, capped. */
export function retryDelay(failures: number): number {
  return Math.min(longestDelay, firstDelay * 2 ** Math.max(0, failures - 1));
}

function isIdle(state: ConnectionState): boolean {
  return state.phase === "disconnected";
}

function connectNow(state: ConnectionState): ConnectionState {
  if (isIdle(state)) return { ...initialState, phase: "connecting" };
  return state.retryAt === null ? state : { ...state, retryAt: null };
}

function afterLoss(state: ConnectionState, reason: Reason, now: number): ConnectionState {
  if (isIdle(state) || state.retryAt !== null) return state;
  const wasStable = state.connectedAt !== null && now - state.connectedAt >= stableAfter;
  const failures = wasStable ? 1 : state.failures + 1;
  return { phase: "reconnecting", failures, retryAt: now + retryDelay(failures), connectedAt: null, reason };
}
