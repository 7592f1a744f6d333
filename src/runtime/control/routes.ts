import type { IncomingMessage, ServerResponse } from "node:http";
import type { Navigate } from "../launcher/navigate.ts";
import type { Journal } from "../log/journal.ts";
import type { Log } from "../log/log.ts";
import type { LaunchApp, Wish } from "../session/launch-app.ts";
import type { Order } from "../supervisor/model.ts";
import type { Reporter } from "../supervisor/report.ts";
import type { Supervisor } from "../supervisor/run.ts";
import type { Followers } from "./followers.ts";
import { chooseLines, type JournalQuery, type Query, readQuery } from "./query.ts";
import { Refusal, unknownService } from "./refusal.ts";

/** What is answered from. */
export interface ControlSite {
  readonly report: Reporter;
  readonly order: Supervisor["order"];
  readonly launch: LaunchApp;
  readonly navigate: Navigate;
  readonly journal: Pick<Journal, "lines" | "follow">;
  readonly followers: Followers;
}

/** The answer to an order that is being carried out: `starts` counts the spawns before it. */
export interface OrderAnswer {
  readonly service: string;
  readonly status: string;
  readonly starts: number;
}

const ORDERS: readonly string[] = ["start", "stop", "restart"] satisfies Order[];

/** Answers one request. A fault of ours is logged and told as 500. */
export async function answer(
  site: ControlSite,
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Who goes away in the middle of an answer is nothing to report.
  response.on("error", () => {});
  try {
    await route(site, request, response);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      log.error({ event: "control.fault", message: error instanceof Error ? error.stack : String(error) });
    }
    const fault = new Refusal(500, "A fault in the supervisor: see its log (control.fault).");
    refuse(response, error instanceof Refusal ? error : fault);
  }
}

async function route(site: ControlSite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  refuseBody(request);
  const { pathname, searchParams } = parseTarget(request.url ?? "");
  const [, root, name, order, ...more] = pathname.split("/").map(decode);
  if (root === "state" && name === undefined) {
    requireMethod(request, "GET");
    const query = readQuery(searchParams, ["memory"]);
    sendJson(response, 200, site.report({ memory: query.memory }));
  } else if (root === "journal" && name === undefined) {
    requireMethod(request, "GET");
    sendJournal(site, readQuery(searchParams, ["follow", "service", "kind", "tail"]), response);
  } else if (root === "launch" && name === undefined) {
    requireMethod(request, "POST");
    sendJson(response, 202, show(site, readQuery(searchParams, ["app", "url"])));
  } else if (root === "navigate" && name === undefined) {
    requireMethod(request, "POST");
    await sendNavigated(site, readQuery(searchParams, ["url"]), response);
  } else if (root === "services" && name && ORDERS.includes(order ?? "") && more.length === 0) {
    requireMethod(request, "POST");
    readQuery(searchParams, []);
    sendJson(response, 202, give(site, order as Order, name));
  } else {
    throw new Refusal(404, `There is no ${pathname}.`, `There are: ${KNOWN}.`);
  }
}

const KNOWN =
  "GET /state, GET /journal, POST /launch, POST /navigate, POST /services/NAME/start, /stop or /restart";

/** No request has a body, so nobody can make the supervisor keep one. */
function refuseBody({ headers }: IncomingMessage): void {
  if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return;
  throw new Refusal(413, "A request has no body here.", "Leave the body out.");
}

function parseTarget(target: string): URL {
  try {
    return new URL(target, "http://control");
  } catch {
    throw new Refusal(400, "The address of the request is not valid.");
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, `"${part}" in the address is not valid percent-encoding.`);
  }
}

function requireMethod({ method }: IncomingMessage, allowed: "GET" | "POST"): void {
  if (method === allowed) return;
  throw new Refusal(405, `${method} is not for this address.`, `Use ${allowed}.`, { Allow: allowed });
}

function give({ report, order: send }: ControlSite, order: Order, service: string): OrderAnswer {
  const before = serviceOf(report, service);
  const refused = send(order, service);
  if (refused !== undefined) throw new Refusal(409, `Cannot ${order} ${service}: ${refused}.`, STATES);
  return { service, status: serviceOf(report, service).status, starts: before.starts };
}

function show({ launch }: ControlSite, { app, url }: Query): { readonly app: string } {
  const wish: Wish = { ...(app === undefined ? {} : { app }), ...(url === undefined ? {} : { url }) };
  const answer = launch(wish);
  if ("app" in answer) return answer;
  throw new Refusal(409, answer.refused);
}

async function sendNavigated(
  { navigate }: ControlSite,
  { url }: Query,
  response: ServerResponse,
): Promise<void> {
  if (url === undefined) throw new Refusal(400, "The URL is missing.", "Name it: POST /navigate?url=URL");
  const answer = await navigate(url);
  if ("refused" in answer) {
    const { refused: error, ...more } = answer;
    sendJson(response, 409, { error, ...more });
  } else {
    sendJson(response, 200, answer);
  }
}

const STATES = "See what every service does: kasmixctl status";

function serviceOf(report: Reporter, name: string) {
  const { services } = report();
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service !== undefined) return service;
  throw unknownService(name, Object.keys(services));
}

function sendJournal(site: ControlSite, query: JournalQuery, response: ServerResponse): void {
  if (query.service !== undefined) serviceOf(site.report, query.service);
  if (query.follow && site.followers.isFull()) {
    throw new Refusal(
      503,
      "Too many follow the log already.",
      "End one of them (kasmixctl logs -f), or all.",
    );
  }
  const { kept, wanted } = chooseLines(site.journal.lines(), query);
  response.writeHead(200, { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" });
  // Sent even when there is nothing yet: then the client knows that no later line escapes it.
  response.flushHeaders();
  if (kept.length > 0) response.write(`${kept.join("\n")}\n`);
  if (query.follow) site.followers.add(site.journal, wanted, response);
  else response.end();
}

function refuse(response: ServerResponse, { status, message, fix, headers }: Refusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // What is left of the request is not read any more.
  response.setHeader("Connection", "close");
  sendJson(response, status, { error: message, ...(fix === undefined ? {} : { fix }) });
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  const head = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  response.writeHead(status, { ...head, "Content-Length": body.length }).end(body);
}
