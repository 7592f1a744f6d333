import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log/log.ts";
import { type AuditRecord, audit } from "./audit.ts";
import { NO_PAGE } from "./cdp.ts";
import type { Opened, Opener } from "./open.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** The result: the browser's first page shows the URL, or it was not opened. */
export type Navigated = { readonly app: string; readonly frameId: string } | Unopened;

/** Why a URL was not opened: for people, as a code (docs/operate/url-launcher.md), and what to do. */
export interface Unopened {
  readonly refused: string;
  readonly reason: string;
  readonly fix?: string;
}

/** Opens a URL in the workspace's browser. */
export type Navigate = (url: string) => Promise<Navigated>;

export interface NavigatorOptions {
  /** The launcher's app. */
  readonly app: string;
  readonly open: Opener;
  /** Shared with the launcher, since there is one browser. */
  readonly bucket: TokenBucket;
  /** Starts the browser if it does not run. */
  readonly start: () => void;
  readonly log: Log;
  /** Milliseconds that a browser may take to start. @default 12000 */
  readonly patience?: number;
}

/** Milliseconds between attempts to reach a starting browser. */
const PAUSE = 200;

/**
 * The URL launcher for the control socket, which needs no token: the same policy, page and log. Starts the browser, if
 * it does not run, for a URL that the policy accepts.
 */
export function createNavigator(options: NavigatorOptions): Navigate {
  const { app, bucket, log } = options;
  return async (typed) => {
    const url = withScheme(typed.trim());
    const record = (outcome: Pick<AuditRecord, "status" | "reason" | "message" | "frameId">) =>
      audit(log, { who: "control", method: "POST", path: "/navigate", url, ...outcome });
    const wait = bucket.take();
    if (wait > 0) {
      record({ status: 429, reason: "rate-limited" });
      const fix = `Try again in ${Math.ceil(wait / 1000)} s.`;
      return { refused: "Too many URLs at once.", reason: "rate-limited", fix };
    }
    const { status, body, reason = "", message = "" } = await openStarted(url, options);
    if ("frameId" in body) {
      record({ status, frameId: body.frameId });
      return { app, frameId: body.frameId };
    }
    record({ status, reason, message });
    return { refused: message, reason, fix: fixFor(app, status, reason) };
  };
}

/** Opens a URL; if the browser does not run, starts it and waits until it can be reached. */
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
    // Its DevTools answer before there is a page.
    const isComing = again.status === 503 || ("error" in again.body && again.body.error === NO_PAGE);
    if (!isComing || performance.now() > deadline) return again;
  }
}

/** People omit `https://`; the beginning of `example.org:8080` is a name with a port, not a scheme. */
function withScheme(text: string): string {
  return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ? text : `https://${text}`;
}

/** For a workspace without a URL launcher. */
export const navigateNowhere: Navigate = async () => ({
  refused: "This workspace has no URL launcher.",
  reason: "no-launcher",
  fix: "Add `launcher` to its workspace.ts, or open the URL in an app: kasmixctl open URL",
});

function fixFor(app: string, status: Opened["status"], reason: string): string {
  if (status !== 400) return `Look at the browser's log: kasmixctl logs ${app}`;
  return `See docs/operate/url-launcher.md for "${reason}" and for what can be allowed.`;
}
