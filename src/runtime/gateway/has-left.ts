import type { IncomingMessage } from "node:http";

/** Whether who asks has gone away before all was sent: nothing is wrong then, and nobody waits for an answer. */
export function hasLeft(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}
