import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Log } from "../../log/log.ts";
import type { Reason } from "../reasons.ts";
import type { Refused } from "../rules.ts";
import { createTokenBucket } from "../token-bucket.ts";
import type { Target } from "./target.ts";

/** Why the proxy refuses a request. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly reason?: Reason;
}

/** The refusal for a verdict of the policy. A failed lookup is a gateway error, not a decision. */
export function refusalOf({ reason, message }: Refused): Refusal {
  const statuses: Partial<Record<Reason, number>> = { unresolved: 502, "resolve-timeout": 504 };
  return { status: statuses[reason] ?? 403, message, reason };
}

/** The refusal for a failed connection. */
export function refusalFor(error: unknown, { host, port }: Target): Refusal {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const status = code === "ETIMEDOUT" ? 504 : 502;
  return { status, message: `${host}, port ${port}, cannot be reached: ${code || message}.` };
}

/** Status, headers and body of the answer. */
export function renderRefusal({ status, message, reason }: Refusal): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const title =
    status === 403 ? "This browser may not open this address." : "This address cannot be reached.";
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

/** The same as raw HTTP, for a socket without a response object. */
export function renderRaw(refusal: Refusal): string {
  const { status, headers, body } = renderRefusal(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}

/** Logs what the policy refuses. */
export type RefusalLog = (request: Pick<IncomingMessage, "method">, target: Target, refused: Refused) => void;

/**
 * Logs each connection that the policy refuses, but at most 20 at once and 5 per second, since a page may try
 * thousands; the next line has the number of omitted ones. `now` is monotonic milliseconds.
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
