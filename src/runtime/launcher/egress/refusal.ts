import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Log } from "../../log/log.ts";
import { createTokenBucket } from "../token-bucket.ts";
import type { Refused } from "../rules.ts";
import type { Reason } from "../reasons.ts";
import type { Target } from "./target.ts";

/** Why a client of the proxy does not get what it wants. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly reason?: Reason;
}

/** The refusal that stands for a verdict: only a name without an address is nobody's decision. */
export function refusalOf({ reason, message }: Refused): Refusal {
  const statuses: Partial<Record<Reason, number>> = { unresolved: 502, "resolve-timeout": 504 };
  return { status: statuses[reason] ?? 403, message, reason };
}

/** The refusal that stands for a connection that could not be made. */
export function refusalFor(error: unknown, { host, port }: Target): Refusal {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const status = code === "ETIMEDOUT" ? 504 : 502;
  return { status, message: `${host}, port ${port}, cannot be reached: ${code || message}.` };
}

/** Status, headers and text of the page that says so. */
export function renderRefusal({ status, message, reason }: Refusal): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const title = status === 403 ? "This address is not for this browser." : "This address cannot be reached.";
  const body = `${title}\n\n${message}\n`;
  const headers = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(reason === undefined ? {} : { "X-Kasmix-Reason": reason }),
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
  };
  return { status, headers, body };
}

/** The same as bytes, for a connection that Node's server has let go of. */
export function renderRaw(refusal: Refusal): string {
  const { status, headers, body } = renderRefusal(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}

/** Logs what the policy refuses. */
export type RefusalLog = (request: Pick<IncomingMessage, "method">, target: Target, refused: Refused) => void;

/**
 * One line for each connection that the policy refuses; a page that tries thousands gets 20 at once and 5 a second, and
 * the next line tells how many were left out. `now` gives monotonic milliseconds.
 */
export function createRefusalLog(log: Log, now: () => number): RefusalLog {
  const bucket = createTokenBucket({ capacity: 20, perSecond: 5, now });
  let leftOut = 0;
  return ({ method }, { host, port }, { reason, message }) => {
    if (bucket.take() > 0) {
      leftOut += 1;
      return;
    }
    const more = leftOut > 0 ? { leftOut } : {};
    leftOut = 0;
    log.warn({ event: "egress.refused", method, host, port, reason, message, ...more });
  };
}
