/** What the gateway tells pages about the end of the session, as text messages on the WebSocket of `/api/limits`. */
export interface LimitNotice {
  /** `idle`: any input keeps the session. `longest`: nothing does. */
  readonly cause: "idle" | "longest";
  /** Milliseconds until the end. */
  readonly left: number;
  /** What then happens: people are disconnected, or the desktop stops. */
  readonly end: "disconnect" | "stop";
}

/** Undefined: there is nothing to tell, or no longer. */
export function encodeLimit(notice: LimitNotice | undefined): string {
  return JSON.stringify(notice ?? {});
}

/** The notice in a message that was parsed already; undefined if there is none. */
export function readLimit(message: unknown): LimitNotice | undefined {
  const { cause, left, end } = Object(message) as Partial<LimitNotice>;
  if ((cause !== "idle" && cause !== "longest") || typeof left !== "number") return undefined;
  return { cause, left, end: end === "stop" ? "stop" : "disconnect" };
}
