import type { IncomingMessage, ServerResponse } from "node:http";
import type { Reporter } from "../report.ts";
import type { Asset } from "./assets.ts";
import type { Authenticator, Role, Verdict } from "./auth.ts";
import { securityHeaders } from "./headers.ts";
import { answerHealth, measureLag } from "./health.ts";
import { METRICS_TYPE, renderMetrics } from "./metrics.ts";

/** What the gateway answers from. */
export interface Site {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly authenticator: Authenticator;
  readonly frameAncestors: string;
  /** Name of the workspace. */
  readonly workspace: string;
  /** What supervisor and services do; memory is asked for only where the owner sees it. */
  readonly report: Reporter;
  /** How many see the desktop. */
  clients(): Readonly<Record<Role, number>>;
}

const LONGEST_URL = 2048;
const REALM = 'Basic realm="Kasmix", charset="UTF-8"';

/** Answers one request. The two health addresses need no password and tell nothing; everything else does. */
export async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(securityHeaders(request.headers.host, site.frameAncestors))) {
    response.setHeader(name, value);
  }
  const path = pathOf(request.url ?? "");
  if (typeof path === "number")
    return sendText(response, path, path === 414 ? "URI too long" : "bad request");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return sendText(response, 405, "method not allowed");
  }
  if (path === "/healthz") return answerHealth(response);
  if (path === "/readyz")
    return site.report().ready ? sendText(response, 200, "ready") : sendText(response, 503, "starting");
  const verdict = judge(site.authenticator, request);
  if (verdict.outcome !== "admitted") return refuse(request, response, verdict);
  if (verdict.setCookie) response.setHeader("Set-Cookie", verdict.setCookie);
  await answerAdmitted(site, verdict.role, path, request, response);
}

/** Judges a request by its headers and remote address. */
export function judge(authenticator: Authenticator, { headers, socket }: IncomingMessage): Verdict {
  const { authorization, cookie } = headers;
  return authenticator.judge({ authorization, cookie, address: socket.remoteAddress ?? "" });
}

/** Status and headers that say why a request is not admitted. */
export function refusal(verdict: Exclude<Verdict, { outcome: "admitted" }>): {
  readonly status: 401 | 429;
  readonly headers: Readonly<Record<string, string>>;
} {
  if (verdict.outcome === "wait") return { status: 429, headers: { "Retry-After": String(verdict.seconds) } };
  return { status: 401, headers: { "WWW-Authenticate": REALM } };
}

/** The decoded path of a request target, or the status of the refusal. */
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

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  verdict: Exclude<Verdict, { outcome: "admitted" }>,
): void {
  const { status, headers } = refusal(verdict);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // The page's own requests tell by themselves what is wrong: no password dialog over the desktop.
  if (request.headers["sec-fetch-dest"] === "empty") response.removeHeader("WWW-Authenticate");
  sendText(
    response,
    status,
    status === 429 ? "too many failed attempts, try again later" : "password needed",
  );
}

async function answerAdmitted(
  site: Site,
  role: Role,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const render = FOR_OWNER.get(path);
  if (render) {
    if (role !== "owner") return sendText(response, 403, "for the owner only");
    const { type, body } = await render(site);
    response.setHeader("Content-Type", type);
    return send(response, 200, Buffer.from(body));
  }
  const asset = site.assets.get(path);
  if (asset) await sendAsset(asset, request, response);
  else sendText(response, 404, "not found");
}

const FOR_OWNER: ReadonlyMap<string, (site: Site) => Promise<{ type: string; body: string }>> = new Map([
  ["/statez", renderState],
  ["/metrics", renderFacts],
]);

async function renderState({ report }: Site) {
  return { type: "application/json", body: JSON.stringify(report({ memory: true })) };
}

async function renderFacts({ workspace, report, clients }: Site) {
  // First: reading the services' memory takes its time too.
  const lag = await measureLag();
  const residentMemory = process.memoryUsage.rss();
  const facts = { workspace, report: report({ memory: true }), lag, residentMemory, clients: clients() };
  return { type: METRICS_TYPE, body: renderMetrics(facts) };
}

async function sendAsset(
  asset: Asset,
  { headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("ETag", asset.etag);
  response.setHeader("Cache-Control", asset.cacheControl);
  response.setHeader("Vary", "Accept-Encoding");
  if (matches(headers["if-none-match"], asset.etag)) {
    response.writeHead(304).end();
    return;
  }
  const accept = headers["accept-encoding"];
  const { body, encoding } = await asset.encoded(typeof accept === "string" ? accept : "");
  response.setHeader("Content-Type", asset.type);
  if (encoding) response.setHeader("Content-Encoding", encoding);
  send(response, 200, body);
}

function matches(header: string | undefined, etag: string): boolean {
  return header?.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag) ?? false;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  send(response, status, Buffer.from(text));
}

/** Sends a body; Node leaves it out of the answer to a HEAD. */
function send(response: ServerResponse, status: number, body: Buffer): void {
  if (!response.hasHeader("Cache-Control")) response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", body.length);
  response.writeHead(status).end(body);
}
