import { parseDuration } from "../../model/duration.ts";

/** When a session ends by itself, in milliseconds, and what then happens. */
export interface Limits {
  /** Without keys, mouse or gamepad. @default never */
  readonly idle?: number | undefined;
  /** Since somebody opened the desktop. @default never */
  readonly longest?: number | undefined;
  readonly end: SessionEnd;
}

/** `disconnect`: everybody is disconnected and signed out. `stop`: the container ends, with 0. */
export type SessionEnd = "disconnect" | "stop";

/** The limits in the environment, which was checked; undefined without any. */
export function limitsIn(environment: NodeJS.ProcessEnv): Limits | undefined {
  const idle = parseLimit(environment.KASMIX_IDLE_LIMIT ?? "0") || undefined;
  const longest = parseLimit(environment.KASMIX_SESSION_LIMIT ?? "0") || undefined;
  if (idle === undefined && longest === undefined) return undefined;
  return { idle, longest, end: environment.KASMIX_SESSION_END === "stop" ? "stop" : "disconnect" };
}

/** Milliseconds of a limit: a duration, or 0 for none. Undefined for anything else. */
export function parseLimit(text: string): number | undefined {
  return text === "0" ? 0 : parseDuration(text);
}
