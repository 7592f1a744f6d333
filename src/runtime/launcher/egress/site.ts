import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Policy } from "../policy.ts";
import { dial } from "./dial.ts";
import { type Refusal, type RefusalLog, refusalFor, refusalOf } from "./refusal.ts";
import type { Target } from "./target.ts";

/** What both kinds of requests need. */
export interface EgressSite {
  readonly policy: Policy;
  readonly refused: RefusalLog;
  /** Called with the connection of each request whose destination is reached. */
  onReached(client: Socket): void;
  /** Milliseconds for connecting. */
  readonly patience: number;
  /** Milliseconds after which a connection without traffic is closed. */
  readonly silence: number;
}

/** Connects to a target if the policy allows it, or says why not. Never throws. */
export async function reach(
  { policy, refused, onReached, patience }: EgressSite,
  request: Pick<IncomingMessage, "method" | "socket">,
  target: Target,
): Promise<Socket | Refusal> {
  try {
    const judged = await policy.judgeHost(target.host, target.port);
    if (judged.verdict === "accepted") {
      const upstream = await dial(judged, patience);
      onReached(request.socket);
      return upstream;
    }
    const refusal = refusalOf(judged);
    if (refusal.status === 403) refused(request, target, judged);
    return refusal;
  } catch (error) {
    return refusalFor(error, target);
  }
}
