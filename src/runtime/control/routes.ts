import type { IncomingMessage, ServerResponse } from "node:http";
import type { RecordingStatus } from "../../wire/recording.ts";
import { findEntry, type Route } from "../gateway/route.ts";
import { pathOf } from "../gateway/router.ts";
import { sendJson } from "../gateway/send.ts";
import type { Navigate } from "../launcher/navigate.ts";
import type { Journal } from "../log/journal.ts";
import type { Log } from "../log/log.ts";
import type { Recorder } from "../recording/recorder.ts";
import type { LaunchApp, LaunchRequest } from "../session/launch-app.ts";
import type { Order } from "../supervisor/model.ts";
import type { Reporter } from "../supervisor/report.ts";
import type { Supervisor } from "../supervisor/run.ts";
import type { Followers } from "./followers.ts";
import { chooseLines, type JournalQuery, type Query, readQuery } from "./query.ts";
import { Refusal, unknownService } from "./refusal.ts";

/** The parts of the container that the control socket shows and steers. */
export interface ControlSite {
  readonly report: Reporter;
  readonly order: Supervisor["order"];
  readonly launch: LaunchApp;
  readonly navigate: Navigate;
  /** The recorder, or why there is none. */
  readonly recording: Pick<Recorder, "start" | "stop" | "status"> | string;
  readonly journal: Pick<Journal, "lines" | "follow">;
  readonly followers: Followers;
}

/** The answer to an order that is being carried out: `starts` counts the spawns before it. */
export interface OrderAnswer {
  readonly service: string;
  readonly status: string;
  readonly starts: number;
}

/** The addresses of the control socket. Whoever may connect may use them all. */
export function controlRoutes(site: ControlSite): readonly Route[] {
  const get = { methods: ["GET"], needs: "nothing" } as const;
  const post = { methods: ["POST"], needs: "nothing" } as const;
  return [
    {
      ...get,
      path: "/state",
      handle: ({ request, response }) =>
        sendJson(response, site.report({ memory: queryOf(request, ["memory"]).memory })),
    },
    {
      ...get,
      path: "/journal",
      handle: ({ request, response }) =>
        sendJournal(site, queryOf(request, ["follow", "service", "kind", "tail"]), response),
    },
    {
      ...post,
      path: "/launch",
      handle: ({ request, response }) =>
        sendJson(response, launch(site, queryOf(request, ["app", "url"])), 202),
    },
    {
      ...post,
      path: "/navigate",
      handle: ({ request, response }) => sendNavigated(site, queryOf(request, ["url"]), response),
    },
    {
      ...get,
      path: "/recording",
      handle({ request, response }) {
        queryOf(request, []);
        sendJson(response, recorderOf(site).status);
      },
    },
    {
      ...post,
      path: "/recording/*",
      async handle({ request, response, path }) {
        queryOf(request, []);
        sendJson(response, await record(site, path));
      },
    },
    {
      ...post,
      path: "/services/*",
      handle({ request, response, path }) {
        queryOf(request, []);
        sendJson(response, giveOrder(site, path), 202);
      },
    },
  ];
}

/** Answers one request by these routes. An internal fault is logged and answered with 500. */
export async function answer(
  routes: readonly Route[],
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A client that leaves before it has the answer is no fault.
  response.on("error", () => {});
  try {
    await follow(routes, request, response);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      log.error({ event: "control.fault", message: error instanceof Error ? error.stack : String(error) });
    }
    const fault = new Refusal(500, "A fault in the supervisor: see its log (control.fault).");
    refuse(response, error instanceof Refusal ? error : fault);
  }
}

async function follow(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  refuseBody(request);
  const path = pathOf(request.url ?? "");
  if (typeof path === "number") throw new Refusal(path, "The address of the request is not valid.");
  const route = findEntry(routes, path);
  if (!route) throw notFound(path);
  const { methods = [], handle } = route;
  if (!methods.includes(request.method ?? "")) {
    const allowed = methods.join(", ");
    throw new Refusal(405, `${request.method} is not for this address.`, `Use ${allowed}.`, {
      Allow: allowed,
    });
  }
  await handle({ request, response, path, role: undefined });
}

/** Requests have no body, so that no client can fill the supervisor's memory. */
function refuseBody({ headers }: IncomingMessage): void {
  if (headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0) return;
  throw new Refusal(413, "A request has no body here.", "Leave the body out.");
}

function notFound(path: string): Refusal {
  return new Refusal(404, `There is no ${path}.`, `There are: ${KNOWN}.`);
}

const KNOWN =
  "GET /state, GET /journal, POST /launch, POST /navigate, GET /recording, POST /recording/start or /stop, POST /services/NAME/start, /stop or /restart";

function queryOf({ url = "" }: IncomingMessage, allowed: readonly (keyof Query)[]): Query {
  return readQuery(new URLSearchParams(url.split("?").slice(1).join("?")), allowed);
}

function giveOrder({ report, order: send }: ControlSite, path: string): OrderAnswer {
  const [, service = "", word] = /^\/services\/(.+)\/(start|stop|restart)$/s.exec(path) ?? [];
  if (word === undefined) throw notFound(path);
  const order = word as Order;
  const before = serviceOf(report, service);
  const refused = send(order, service);
  if (refused !== undefined) throw new Refusal(409, `Cannot ${order} ${service}: ${refused}.`, STATES);
  return { service, status: serviceOf(report, service).status, starts: before.starts };
}

const STATES = "See what every service does: kasmixctl status";

function launch(site: ControlSite, { app, url }: Query): { readonly app: string } {
  const request: LaunchRequest = {
    ...(app === undefined ? {} : { app }),
    ...(url === undefined ? {} : { url }),
  };
  const answer = site.launch(request);
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
    sendJson(response, { error, ...more }, 409);
  } else {
    sendJson(response, answer);
  }
}

async function record(site: ControlSite, path: string): Promise<RecordingStatus> {
  const recorder = recorderOf(site);
  if (path === "/recording/stop") return recorder.stop("asked", "kasmixctl");
  if (path !== "/recording/start") throw notFound(path);
  const answer = await recorder.start("kasmixctl");
  if ("refused" in answer) throw new Refusal(409, `Nothing is recorded: ${answer.refused}.`);
  return answer;
}

function recorderOf({ recording }: ControlSite) {
  if (typeof recording === "string") throw new Refusal(409, recording);
  return recording;
}

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
      "Too many clients follow the log already.",
      "End one of them (kasmixctl logs -f), or all.",
    );
  }
  const { kept, wanted } = chooseLines(site.journal.lines(), query);
  response.writeHead(200, { "Content-Type": "application/x-ndjson", "Cache-Control": "no-store" });
  // Sent even while there are no lines: from then on the client misses none.
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
  // The rest of the request is not read.
  response.setHeader("Connection", "close");
  sendJson(response, { error: message, ...(fix === undefined ? {} : { fix }) }, status);
}
