import { REFUSAL_HEADER, type RefusalCause } from "../wire/answer.ts";
import { isOwn, isUnreached } from "./answer.ts";
import type { Reason } from "./connection-state.ts";

/** The known facts about a connection that was not established. */
export interface Failure {
  /** A page behind the same authentication. */
  readonly page: string;
  /** Where the server tells why it refused this page's WebSocket. */
  readonly refusal: string;
  /** Whether the WebSocket was opened before it failed. */
  readonly opened: boolean;
  readonly fetch?: typeof fetch;
}

/** Milliseconds that an answer may take. */
const PATIENCE = 5_000;

/** Finds out by requests why a WebSocket failed, which browsers do not tell. `desktop` where nothing else is wrong. */
export async function findReason({ page, refusal, opened, fetch }: Failure): Promise<Reason> {
  const own = await ask(page, "HEAD", fetch);
  if (typeof own === "string") return own;
  if (own.status === 429) return "throttled";
  if (own.status === 401 || own.status === 403) return "session";
  if (opened) return "desktop";
  const told = await ask(refusal, "GET", fetch);
  if (typeof told === "string") return told;
  const cause = told.headers.get(REFUSAL_HEADER) as RefusalCause | null;
  if (cause !== null) return REASONS[cause] ?? "desktop";
  return told.ok ? "blocked" : "desktop";
}

const REASONS: Readonly<Record<RefusalCause, Reason>> = {
  origin: "origin",
  upgrade: "upgrade",
  password: "cookie",
};

/** The workspace's own answer, or the reason why there is none. */
async function ask(address: string, method: string, send = fetch): Promise<Response | Reason> {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    // The workspace leads nowhere else; a proxy does, to its sign-in.
    const answer = await send(address, { method, cache: "no-store", redirect: "manual", signal });
    return isOwn(answer) ? answer : foreignReason(answer);
  } catch {
    return "network";
  }
}

function foreignReason({ type, status }: Response): Reason {
  if (isUnreached(status)) return "unreached";
  const wantsSignIn = type === "opaqueredirect" || [401, 403, 407].includes(status);
  return wantsSignIn ? "proxy" : "foreign";
}
