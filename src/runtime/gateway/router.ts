import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { REFUSAL_HEADER } from "../../wire/answer.ts";
import { isVisit, wantsPage } from "../sign-in/is-visit.ts";
import { problemOf, type ShowSignIn } from "../sign-in/page.ts";
import type { Authenticator, Verdict } from "./auth.ts";
import { belowBase } from "./base-path.ts";
import type { TrustedProxies } from "./client-address.ts";
import { securityHeaders } from "./headers.ts";
import type { RefusedPages } from "./refused-pages.ts";
import { findEntry, isAllowed, type Route, type SocketRoute } from "./route.ts";
import { send, sendText } from "./send.ts";
import type { Role } from "./users.ts";

/** What a port answers from. */
export interface Site {
  readonly authenticator: Authenticator;
  /** Whether a session cookie is accepted instead of the password. */
  readonly cookies: boolean;
  /** Called with the connection of each admitted request. */
  onSignIn(socket: Socket, role: Role): void;
  /** Whose word about a request's sender is believed. */
  readonly proxies: TrustedProxies;
  /** See `basePath`. */
  readonly base: string;
  /** Whether a request comes from a program or a page of the gateway. */
  isOwnPage(request: IncomingMessage): boolean;
  readonly frameAncestors: string;
  readonly routes: readonly Route[];
  readonly sockets: readonly SocketRoute[];
  readonly refused: RefusedPages;
  /** Milliseconds a client has for its first byte, the TLS handshake, a request's headers, and the form to sign in. */
  readonly patience: number;
  /** Answers people who are not admitted. @default they get what programs get */
  readonly showSignIn?: ShowSignIn;
  /** The answer to a request that is not admitted. @default `refusal` */
  readonly refuse?: (verdict: Refused, authorization: string | undefined) => Refusal;
}

export type Refused = Exclude<Verdict, { outcome: "admitted" }>;

/** The answer to a request that is not admitted. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The longest path of Linux, each of its bytes percent-encoded. */
const LONGEST_URL = 3 * 4096;
const REALM = 'Basic realm="Kasmix", charset="UTF-8"';
const FORBIDDEN = { status: 403, text: "for the owner only" };
const READING: readonly string[] = ["GET", "HEAD"];

/**
 * Answers a request by the site's routes. The password is checked first, so that nobody else learns which paths exist.
 */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { scheme } = site.proxies.clientOf(request);
  const security = securityHeaders(request.headers.host, scheme, site.frameAncestors);
  for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
  response.once("finish", () => dropRest(request, site.patience / 2));
  const path = pathIn(site, request);
  if (typeof path === "number")
    return sendText(response, path, path === 414 ? "URI too long" : "bad request");
  if (isHandshake(request) && findEntry(site.sockets, path)) {
    site.refused.note("upgrade", request);
    return sendText(response, 400, "a WebSocket without its Upgrade header");
  }
  const route = findEntry(site.routes, path);
  if (route?.needs === "nothing") return follow(site, route, { request, response, path, role: undefined });
  const verdict = judge(site, request);
  if (verdict.outcome !== "admitted") return await refuse(site, request, response, verdict);
  if (verdict.setCookie) response.setHeader("Set-Cookie", verdict.setCookie);
  const { role } = verdict;
  if (!route) return sendText(response, 404, "not found");
  for (const [name, value] of Object.entries(route.headers ?? {})) response.setHeader(name, value);
  const { status, text } = route.forbidden ?? FORBIDDEN;
  if (!isAllowed(route.needs, role)) return sendText(response, status, text);
  await follow(site, route, { request, response, path, role });
}

/** Authenticates a request by its headers and its sender's address. */
export function judge(
  {
    authenticator,
    cookies,
    proxies,
    onSignIn,
  }: Pick<Site, "authenticator" | "cookies" | "proxies" | "onSignIn">,
  request: IncomingMessage,
): Verdict {
  const { authorization, cookie } = request.headers;
  const { address } = proxies.clientOf(request);
  const session = cookies ? { cookie, wantsSession: wantsPage(request) } : { cookie: undefined };
  const verdict = authenticator.judge({ authorization, address, ...session });
  if (verdict.outcome === "admitted") onSignIn(request.socket, verdict.role);
  return verdict;
}

/** The standard answer to a request that is not admitted. */
export function refusal(verdict: Refused): Refusal {
  if (verdict.outcome !== "wait")
    return { status: 401, headers: { "WWW-Authenticate": REALM }, text: "password needed" };
  const headers = { "Retry-After": String(verdict.seconds) };
  return { status: 429, headers, text: "too many failed attempts, try again later" };
}

/** The decoded path of a request below the site's base, or the status to refuse it with. */
export function pathIn({ base }: Site, { url = "" }: IncomingMessage): string | 400 | 414 {
  const path = pathOf(url);
  return typeof path === "string" ? belowBase(path, base) : path;
}

/** The decoded path of a request target, or the status to refuse it with. */
export function pathOf(target: string): string | 400 | 414 {
  if (target.length > LONGEST_URL) return 414;
  const [path = ""] = target.split(/[?#]/, 1);
  if (!path.startsWith("/")) return 400;
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes("\0") ? 400 : decoded;
  } catch {
    return 400;
  }
}

/** Whether it began as a WebSocket: proxies that take the Upgrade header away leave these. */
function isHandshake({ headers }: IncomingMessage): boolean {
  return headers["sec-websocket-key"] !== undefined || headers["sec-websocket-version"] !== undefined;
}

/** Closes the connection of a client that keeps sending after its answer; not at once, so that it sees the answer. */
function dropRest(request: IncomingMessage, linger: number): void {
  if (request.complete) return;
  const { socket } = request;
  setTimeout(() => request.complete || socket.destroy(), linger).unref();
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly role: Role | undefined;
}

async function follow(site: Site, route: Route, asked: Asked): Promise<void> {
  const { request, response } = asked;
  const { methods = READING } = route;
  const method = request.method ?? "";
  if (!methods.includes(method)) {
    response.setHeader("Allow", methods.join(", "));
    return sendText(response, 405, "method not allowed");
  }
  // Browsers attach passwords to forms and images of other sites too.
  if ((route.acts || !READING.includes(method)) && !site.isOwnPage(request)) {
    site.refused.note("origin", request);
    response.setHeader(REFUSAL_HEADER, "origin");
    if (site.showSignIn && isVisit(request))
      return await site.showSignIn(request, response, { problem: "origin" });
    return sendText(response, 403, "for the desktop's own page only");
  }
  await route.handle(asked);
}

async function refuse(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  verdict: Refused,
): Promise<void> {
  if (site.showSignIn && isVisit(request))
    return await site.showSignIn(request, response, { problem: problemOf(verdict) });
  const { status, headers, text } = (site.refuse ?? refusal)(verdict, request.headers.authorization);
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // The page shows failures of its own requests itself: the browser must not open a password dialog over the desktop.
  if (request.headers["sec-fetch-dest"] === "empty") response.removeHeader("WWW-Authenticate");
  send(response, status, Buffer.from(text));
}
