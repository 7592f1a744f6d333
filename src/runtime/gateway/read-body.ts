import type { IncomingMessage } from "node:http";
import { BODIES, type BodyBudget } from "./body-budget.ts";
import type { Exchange } from "./route.ts";

/**
 * The body of a request; without reading the rest, "too long" when it has more than `limit` bytes, and "busy" when it gets
 * no share of the budget for bodies. It keeps its share until the answer is sent.
 */
export async function readBody(
  { request, response }: Pick<Exchange, "request" | "response">,
  limit: number,
  budget: BodyBudget = BODIES,
): Promise<Buffer | "too long" | "busy"> {
  const length = lengthOf(request) ?? limit;
  if (length > limit) return "too long";
  const share = await budget.takeFor(response, length);
  if (!share) return "busy";
  const body = await collect(request, length);
  share.keep(body?.length ?? 0);
  return body ?? "too long";
}

/**
 * The body of a message, undefined when it has more than `limit` bytes. Made in one piece from the start: to collect its
 * parts and join them takes the memory twice.
 */
export async function collect(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const length = Number(message.headers["content-length"] ?? limit);
  if (length > limit) return undefined;
  const body = Buffer.allocUnsafeSlow(length);
  let end = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (end + chunk.length > length) return undefined;
    end += chunk.copy(body, end);
  }
  // A copy, unless nearly all of it is used.
  return end < length / 2 ? Buffer.from(body.subarray(0, end)) : body.subarray(0, end);
}

/** Undefined when only its end tells. */
function lengthOf({ headers }: IncomingMessage): number | undefined {
  const length = headers["content-length"];
  if (length !== undefined) return Number(length);
  return headers["transfer-encoding"] === undefined ? 0 : undefined;
}
