import { GATEWAY_HEADER } from "../wire/answer.ts";

/** Whether the workspace gave this answer, and not a proxy in front of it. */
export function isOwn({ headers }: Pick<Response, "headers">): boolean {
  return headers.has(GATEWAY_HEADER);
}

/** Whether a proxy says by this status that it does not reach the workspace. */
export function isUnreached(status: number): boolean {
  return [502, 503, 504].includes(status);
}
