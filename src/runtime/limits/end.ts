import type { Authenticator } from "../gateway/auth.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Visitors } from "../gateway/visitors.ts";
import type { Log } from "../log/log.ts";
import type { LimitOptions } from "./open.ts";

interface Ending {
  readonly visitors: Pick<Visitors, "dismissAll">;
  readonly authenticator: Pick<Authenticator, "endSessions">;
  /** Stops the container as a signal does. */
  readonly stop: () => void;
  readonly log: Log;
}

/** Milliseconds for the pages to learn why: a session that ends takes its connections with it at once. */
const CLOSING = 1_000;

/** Disconnects everybody and ends their sessions, and stops the container if that is wanted. */
export function createEnd({ visitors, authenticator, stop, log }: Ending): LimitOptions["onEnd"] {
  return (cause, { end }) => {
    const count = visitors.dismissAll(CLOSE[cause], MESSAGES[cause]);
    const then = end === "stop" ? "the container stops" : `${count} connections are closed`;
    // Nothing changes for anybody while nobody is there.
    if (count > 0 || end === "stop")
      log.info({ event: "session.over", cause, message: `${MESSAGES[cause]}: ${then}.` });
    setTimeout(() => {
      // First: after a restart nobody is signed in.
      authenticator.endSessions();
      if (end === "stop") stop();
    }, CLOSING).unref();
  };
}

const MESSAGES = {
  idle: "nobody used the desktop for as long as KASMIX_IDLE_LIMIT says",
  longest: "the session lasted for as long as KASMIX_SESSION_LIMIT says",
} as const;
