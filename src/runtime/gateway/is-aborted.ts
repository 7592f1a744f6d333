import type { IncomingMessage } from "node:http";

/** Whether the client disconnected before it had sent the whole request: not an error, and nobody reads an answer. */
export function isAborted(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}
