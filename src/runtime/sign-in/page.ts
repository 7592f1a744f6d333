import type { IncomingMessage, ServerResponse } from "node:http";
import { USERS, type Verdict } from "../gateway/auth.ts";
import { send } from "../gateway/send.ts";
import type { Problem } from "./render.ts";

/** What the page says about the desktop. */
export interface SignInFacts {
  readonly title: string;
  /** A `data:` address of the desktop's picture. @default none */
  readonly picture?: string | undefined;
  readonly frameAncestors: string;
  /** See `basePath`. */
  readonly base: string;
}

export interface Shown {
  readonly problem?: Problem | undefined;
  /** The user name that is filled in. @default the owner's */
  readonly name?: string;
}

/** Answers a request with the page by which people sign in. */
export type ShowSignIn = (request: IncomingMessage, response: ServerResponse, shown?: Shown) => Promise<void>;

/** Pages of the desktop: after signing in, one begins with the query that it was opened with. */
const PAGES = ["", "index.html", "vnc.html", "sign-in", "signed-in"];

/** What renders the page is loaded when the first stranger comes: the desktop starts sooner. */
export function createSignInPage({ title, picture, frameAncestors, base }: SignInFacts): ShowSignIn {
  return async (request, response, { problem, name = USERS.owner } = {}) => {
    const { renderSignIn, SIGN_IN_POLICY, speakTo } = await import("./render.ts");
    const { url: target = "/", headers } = request;
    const { language, t } = await speakTo(queryIn(target), headers["accept-language"]);
    const isFromElsewhere = request.method === "GET" && headers["sec-fetch-site"] === "cross-site";
    const view = { title, picture, name, problem, isFromElsewhere, action: actionFrom(target, base) };
    const wait = typeof problem === "object" ? problem.seconds : undefined;
    if (wait !== undefined) response.setHeader("Retry-After", String(wait));
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.setHeader("Content-Security-Policy", `${SIGN_IN_POLICY}; frame-ancestors ${frameAncestors}`);
    // Without a referrer, browsers send the form with the origin "null".
    response.setHeader("Referrer-Policy", "same-origin");
    send(response, statusOf(problem), Buffer.from(renderSignIn(view, t, language)));
  };
}

/** What to tell somebody who was not admitted. */
export function problemOf(verdict: Verdict): Problem | undefined {
  if (verdict.outcome === "wait") return { seconds: verdict.seconds };
  return verdict.outcome === "wrong" ? "wrong" : undefined;
}

/** The query of a request target, with its question mark. */
export function queryIn(target = ""): string {
  return /\?[^#]*/.exec(target)?.[0] ?? "";
}

/** The address of the form, relative to the page that was asked for: a proxy may hide a part of the path. */
function actionFrom(target: string, base: string): string {
  const [path = ""] = target.split(/[?#]/, 1);
  if (base !== "" && path === base) return `${base.replace(/^.*\//, "")}/sign-in${queryIn(target)}`;
  const below = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path.slice(1);
  const query = PAGES.includes(below) ? queryIn(target) : "";
  return `${"../".repeat(below.split("/").length - 1)}sign-in${query}`;
}

function statusOf(problem: Problem | undefined): number {
  if (typeof problem === "object") return 429;
  return problem === "origin" ? 403 : 401;
}
