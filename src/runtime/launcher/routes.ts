import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { BUSY } from "../gateway/body-budget.ts";
import type { TrustedProxies } from "../gateway/client-address.ts";
import { readBody } from "../gateway/read-body.ts";
import type { Throttle } from "../gateway/throttle.ts";
import type { Log } from "../log/log.ts";
import { audit } from "./audit.ts";
import type { Opener } from "./open.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** What the launcher's answers need. */
export interface LauncherSite {
  readonly open: Opener;
  /** See `createTokenCheck`. */
  readonly holdsToken: (header: string | undefined) => boolean | undefined;
  /** Called with the connection of each request with the right token. */
  onSignIn(socket: Socket): void;
  /** Slows down wrong tokens, per sender. */
  readonly throttle: Throttle;
  /** Whose word about a request's sender is believed. */
  readonly proxies: TrustedProxies;
  /** Limits requests with the right token and those of the control socket together, since there is one browser. */
  readonly bucket: TokenBucket;
  readonly log: Log;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: unknown;
  readonly reason?: string;
  readonly message?: string;
}

const LONGEST_BODY = 4096;
const UNAUTHORIZED: Answer = {
  status: 401,
  body: { error: "unauthorized" },
  headers: { "WWW-Authenticate": "Bearer" },
  reason: "unauthorized",
};
const NOT_FOUND: Answer = { status: 404, body: { error: "not found" }, reason: "not-found" };

/** Answers a request and logs it, except health checks. Never throws. */
export async function answer(
  site: LauncherSite,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A disconnect is not an error.
  response.on("error", () => {});
  const { method = "", url: path = "" } = request;
  if (method === "GET" && path === "/healthz") return send(response, { status: 200, body: { ok: true } });
  const who = site.proxies.clientOf(request).address;
  const given = await judge(site, request, response, who).catch(faultOf);
  const { status, reason, message, url, body } = given;
  const frame = "frameId" in body ? { frameId: String(body.frameId) } : {};
  const why = { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
  audit(site.log, { who, method, path, url, status, ...why, ...frame });
  send(response, given);
}

async function judge(
  site: LauncherSite,
  request: IncomingMessage,
  response: ServerResponse,
  who: string,
): Promise<Answer> {
  const { method, url: path } = request;
  if (method !== "POST" || path !== "/open") return NOT_FOUND;
  // Read even without a token, so that the connection stays usable.
  const body = await readCounted(request, response);
  const refusal = admit(site, request, who);
  if (refusal) return refusal;
  if (body === "busy") return { status: 503, body: { error: BUSY }, reason: "busy" };
  if (body === "too long")
    return { status: 400, body: { error: "invalid body length" }, reason: "invalid-body-length" };
  const value = parseObject(body);
  if (value === undefined) return { status: 400, body: { error: "invalid json" }, reason: "invalid-json" };
  const opened = await site.open(value.url);
  // All refusals have the same body; the reason is in a header.
  const code = opened.status === 400 && opened.reason ? { "X-Kasmix-Reason": opened.reason } : {};
  return { ...opened, url: value.url, headers: code };
}

/** The body; Content-Length must be from 1 to 4096. */
async function readCounted(request: IncomingMessage, response: ServerResponse) {
  const length = Number(request.headers["content-length"] ?? 0);
  return length > 0 ? await readBody({ request, response }, LONGEST_BODY) : "too long";
}

function admit(
  { throttle, holdsToken, onSignIn, bucket }: LauncherSite,
  { headers, socket }: IncomingMessage,
  who: string,
): Answer | undefined {
  const right = holdsToken(headers.authorization);
  if (right === undefined) return UNAUTHORIZED;
  const judgement = throttle.attempt({ address: who, account: "launcher", right });
  if (!judgement.admitted) {
    const { wait } = judgement;
    return wait === 0 ? UNAUTHORIZED : tryLater(wait, "too many failed attempts", "throttled");
  }
  onSignIn(socket);
  const wait = bucket.take();
  return wait > 0 ? tryLater(wait, "too many requests", "rate-limited") : undefined;
}

function tryLater(milliseconds: number, error: string, reason: string): Answer {
  const headers = { "Retry-After": String(Math.ceil(milliseconds / 1000)) };
  return { status: 429, body: { error }, headers, reason };
}

function parseObject(body: Buffer): { readonly url?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function faultOf(error: unknown): Answer {
  const { code, stack } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET") return { status: 400, body: { error: "aborted" }, reason: "aborted" };
  return { status: 500, body: { error: "internal error" }, reason: "fault", message: stack ?? String(error) };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  if (!response.req.complete) response.setHeader("Connection", "close");
  response
    .writeHead(status, {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      ...headers,
      "Content-Length": bytes.length,
    })
    .end(bytes);
}
