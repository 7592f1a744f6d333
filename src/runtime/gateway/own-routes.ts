import type { IncomingMessage, ServerResponse } from "node:http";
import { REFUSAL_HEADER } from "../../wire/answer.ts";
import type { ForeignPage } from "../kasmvnc/page.ts";
import type { SideService } from "../side/service.ts";
import type { Reporter } from "../supervisor/report.ts";
import type { Asset } from "./assets.ts";
import { answerHealth, measureLag } from "./health.ts";
import { METRICS_TYPE, renderMetrics } from "./metrics.ts";
import type { RefusedPages } from "./refused-pages.ts";
import { type Exchange, isAllowed, type Route } from "./route.ts";
import { send, sendJson, sendText } from "./send.ts";
import type { Role } from "./users.ts";

/** What the gateway's own addresses answer from. */
export interface OwnRouteOptions {
  readonly assets: ReadonlyMap<string, Asset>;
  /** How the page is served, where it is not ours. */
  readonly page?: ForeignPage;
  /** Name of the workspace. */
  readonly workspace: string;
  /** State of supervisor and services; memory is measured only for the owner. */
  readonly report: Reporter;
  /** Connections that show the desktop. */
  clients(): Readonly<Record<Role, number>>;
  readonly services: readonly SideService[];
  /** Called when somebody who may type opens the page. */
  readonly onPage?: (() => void) | undefined;
  readonly refused: RefusedPages;
}

/** The gateway's own addresses: health, state, metrics, the list of side services, and the client's files. */
export function ownRoutes(options: OwnRouteOptions): readonly Route[] {
  return [
    { path: "/healthz", needs: "nothing", handle: ({ response }) => answerHealth(response) },
    { path: "/readyz", needs: "nothing", handle: ({ response }) => answerReady(options, response) },
    {
      path: "/statez",
      needs: "owner",
      handle: ({ response }) => sendJson(response, options.report({ memory: true })),
    },
    { path: "/metrics", needs: "owner", handle: ({ response }) => answerMetrics(options, response) },
    {
      path: "/api/services",
      needs: "viewer",
      handle({ request, response, role }) {
        if (role) response.setHeader("Kasmix-Role", role);
        // Only closing the browser makes it forget a password that it sends by itself.
        const session = request.headers.authorization === undefined ? { "sign-out": {} } : {};
        sendJson(response, { ...servicesFor(options.services, role), ...session });
      },
    },
    {
      // For a page whose WebSocket failed: browsers do not tell why.
      path: "/api/refusal",
      needs: "viewer",
      handle({ request, response }) {
        const cause = options.refused.takeCause(request);
        if (cause) response.setHeader(REFUSAL_HEADER, cause);
        sendText(response, 200, cause ?? "none");
      },
    },
    {
      path: "/*",
      needs: "viewer",
      headers: options.page?.headers ?? {},
      handle: (exchange) => answerPage(options, exchange),
    },
  ];
}

function answerReady({ report }: OwnRouteOptions, response: ServerResponse): void {
  if (report().ready) sendText(response, 200, "ready");
  else sendText(response, 503, "starting");
}

async function answerMetrics(options: OwnRouteOptions, response: ServerResponse): Promise<void> {
  const { workspace, report, clients, services } = options;
  // Measured first: reading the services' memory blocks the event loop too.
  const lag = await measureLag();
  const residentMemory = process.memoryUsage.rss();
  const others = services.flatMap(({ metrics }) => metrics?.() ?? []);
  const about = { workspace, lag, residentMemory, clients: clients(), others };
  const facts = { ...about, report: report({ memory: true }) };
  response.setHeader("Content-Type", METRICS_TYPE);
  send(response, 200, Buffer.from(renderMetrics(facts)));
}

/** The services that a visitor may use on this port, by name, with their facts. */
function servicesFor(services: readonly SideService[], role: Role | undefined): Record<string, unknown> {
  const usable = services.filter(({ routes = [], sockets = [], seenBy }) =>
    [...[...routes, ...sockets].map(({ needs }) => needs), ...(seenBy ? [seenBy] : [])].some((needs) =>
      isAllowed(needs, role),
    ),
  );
  return Object.fromEntries(usable.map(({ name, facts }) => [name, facts?.() ?? {}]));
}

/** Answers with a file of the client; a page that is not ours is sent to the query that it starts with. */
async function answerPage({ assets, page, onPage }: OwnRouteOptions, exchange: Exchange) {
  const { path, request, response, role } = exchange;
  // The page asks with HEAD whether the gateway is still there.
  if (PAGES.includes(path) && role !== "viewer" && request.method === "GET") onPage?.();
  if (page && PAGES.includes(path) && !request.url?.includes("?")) {
    response.writeHead(302, { Location: `?${page.query}`, "Content-Length": 0 }).end();
  } else await sendAsset(assets.get(path), request, response);
}

const PAGES = ["/", "/index.html", "/vnc.html"];

async function sendAsset(
  asset: Asset | undefined,
  { headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!asset) return sendText(response, 404, "not found");
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
