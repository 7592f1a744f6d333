import { type Navigation, navigate } from "./cdp.ts";
import type { Policy } from "./policy.ts";

/** The result of opening a URL: the answer to the client, and the reason for the log. */
export interface Opened {
  readonly status: 200 | 400 | 502 | 503;
  readonly body: { readonly ok: true; readonly frameId: string } | { readonly error: string };
  /** Why it was refused or failed, as a code: docs/operate/url-launcher.md. */
  readonly reason?: string;
  /** The same in words. */
  readonly message?: string;
}

/** Judges a URL and opens it in the browser. */
export type Opener = (url: unknown) => Promise<Opened>;

/** How many URLs may be opened: ten at once, then one per second. */
export const RATE = { capacity: 10, perSecond: 1 } as const;

export interface OpenerOptions {
  /** Port of the browser's DevTools on 127.0.0.1. */
  readonly cdpPort: number;
  readonly policy: Policy;
  /** Milliseconds for the browser's answer. @default 5000 */
  readonly timeout?: number;
}

/** Opens accepted URLs in the browser's first page. Never throws. */
export function createOpener({ cdpPort, policy, timeout = 5_000 }: OpenerOptions): Opener {
  return async (url) => {
    const judged = await policy.judgeUrl(url);
    if (judged.verdict === "refused") {
      const { reason, message } = judged;
      return { status: 400, body: { error: "url rejected by policy" }, reason, message };
    }
    return answerTo(await navigate(judged.url, { port: cdpPort, timeout }));
  };
}

function answerTo(navigation: Navigation): Opened {
  if ("frameId" in navigation) return { status: 200, body: { ok: true, frameId: navigation.frameId } };
  const { status, error, detail } = navigation;
  const reason = status === 503 ? "cdp-unreachable" : "cdp-failure";
  return { status, body: { error }, reason, message: detail ?? error };
}
