import type { LaunchApp } from "../launch-app.ts";
import type { Log } from "../log.ts";
import { audit } from "./audit.ts";
import type { Bucket } from "./bucket.ts";
import type { Opened, Opener } from "./open.ts";

/** What came of a URL: the browser's first page shows it, a window of its own will, or nothing does. */
export type Navigated =
  | { readonly app: string; readonly opened: "page"; readonly frameId: string }
  | { readonly app: string; readonly opened: "window" }
  | Unopened;

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
  readonly bucket: Bucket;
  readonly launch: LaunchApp;
  readonly log: Log;
}

/**
 * The URL launcher for those who need no token, since they come through the control socket: the same policy, the same
 * page, the same line in the log. What the policy accepts while no browser runs gets a window.
 */
export function createNavigator({ app, open, bucket, launch, log }: NavigatorOptions): Navigate {
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
    const opened = await open(url);
    if ("frameId" in opened.body) {
      const { frameId } = opened.body;
      tell({ status: 200, frameId });
      return { app, opened: "page", frameId };
    }
    const { status, reason = "", message = "", url: accepted } = opened;
    // Without a browser there is no page; whatever else went wrong, a second window would not be better.
    const shown = status === 503 && accepted !== undefined ? launch({ app, url: accepted }) : undefined;
    if (shown && "app" in shown) {
      tell({ status: 202, reason, message, opened: "window" });
      return { app, opened: "window" };
    }
    tell({ status, reason, message });
    return { refused: shown?.refused ?? message, reason, fix: fixFor(app, status, reason) };
  };
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
  readonly opened?: "window";
}

function fixFor(app: string, status: Opened["status"], reason: string): string {
  if (status !== 400) return `See what the browser does: kasmixctl logs ${app}`;
  return `What "${reason}" is, and what can be let in: docs/url-launcher.md`;
}
