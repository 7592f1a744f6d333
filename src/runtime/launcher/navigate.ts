import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log/log.ts";
import { audit } from "./audit.ts";
import type { TokenBucket } from "./token-bucket.ts";
import { NO_PAGE } from "./cdp.ts";
import type { Opened, Opener } from "./open.ts";

/** What came of a URL: the browser's first page shows it, or nothing does. */
export type Navigated = { readonly app: string; readonly frameId: string } | Unopened;

/** Why nothing was opened: for people, as a code (docs/url-launcher.md), and what to do. */
export interface Unopened {
  readonly refused: string;
  readonly reason: string;
  readonly fix?: string;
}

/** Has the workspace's browser open a URL. */
export type Navigate = (url: string) => Promise<Navigated>;

export interface NavigatorOptions {
  /** The launcher's app. */
  readonly app: string;
  readonly open: Opener;
  /** The launcher's, for there is one browser. */
  readonly bucket: TokenBucket;
  /** Starts the browser if it is down. */
  readonly start: () => void;
  readonly log: Log;
  /** Milliseconds that a browser may take to start. @default 12000 */
  readonly patience?: number;
}

/** Milliseconds between two questions whether a browser that starts can be reached. */
const PAUSE = 200;

/**
 * The URL launcher for those who need no token, since they come through the control socket: the same policy, the same
 * page, the same line in the log. A browser that is down is started for what the policy accepts.
 */
export function createNavigator(options: NavigatorOptions): Navigate {
  const { app, bucket, log } = options;
  return async (typed) => {
    const url = withScheme(typed.trim());
    const tell = (what: Told) =>
      audit(log, { who: "control", method: "POST", path: "/navigate", url, ...what });
    const wait = bucket.take();
    if (wait > 0) {
      tell({ status: 429, reason: "rate-limited" });
      const fix = `Try again in ${Math.ceil(wait / 1000)} s.`;
      return { refused: "Too many URLs at once.", reason: "rate-limited", fix };
    }
    const { status, body, reason = "", message = "" } = await openStarted(url, options);
    if ("frameId" in body) {
      tell({ status, frameId: body.frameId });
      return { app, frameId: body.frameId };
    }
    tell({ status, reason, message });
    return { refused: message, reason, fix: fixFor(app, status, reason) };
  };
}

/** Opens a URL; starts the browser if it is down, and waits until it can be reached. */
async function openStarted(
  url: string,
  { open, start, patience = 12_000 }: NavigatorOptions,
): Promise<Opened> {
  const opened = await open(url);
  if (opened.status !== 503) return opened;
  start();
  const deadline = performance.now() + patience;
  for (;;) {
    await delay(PAUSE);
    const again = await open(url);
    // Its debugger answers before there is a page.
    const isComing = again.status === 503 || ("error" in again.body && again.body.error === NO_PAGE);
    if (!isComing || performance.now() > deadline) return again;
  }
}

/** People leave `https://` out; what looks like a scheme in `example.org:8080` is a name before its port. */
function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ? text : `https://${text}`;
}

/** For a workspace without a URL launcher. */
export const navigateNowhere: Navigate = async () => ({
  refused: "This workspace has no URL launcher.",
  reason: "no-launcher",
  fix: "Give it one (launcher in its workspace.ts), or open the URL in an app: kasmixctl open URL",
});

interface Told {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly frameId?: string;
}

function fixFor(app: string, status: Opened["status"], reason: string): string {
  if (status !== 400) return `See what the browser does: kasmixctl logs ${app}`;
  return `What "${reason}" is, and what can be let in: docs/url-launcher.md`;
}
