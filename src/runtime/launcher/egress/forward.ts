import { type ClientRequest, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { Socket } from "node:net";
import { pipeline } from "node:stream";
import { endToEnd } from "./headers.ts";
import { type Refusal, refusalFor, renderRefusal } from "./refusal.ts";
import { type EgressSite, reach } from "./site.ts";
import { type HttpTarget, readAbsolute } from "./target.ts";

const NO_TARGET = {
  status: 400,
  message: "This is a proxy: ask for http://host/path, and for everything else by CONNECT.",
};

/** Serves a request for http://, on a connection of its own to where it may go. Never throws. */
export async function forward(
  site: EgressSite,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Who breaks off is nothing to report.
  response.on("error", () => {});
  const target = readAbsolute(request.url ?? "");
  const upstream = target ? await reach(site, request, target) : NO_TARGET;
  if (target === undefined || !(upstream instanceof Socket)) return refuse(response, upstream as Refusal);
  const outgoing = passOn(request, target, upstream);
  upstream.setTimeout(site.silence, () => upstream.destroy());
  response.on("close", () => upstream.destroy());
  if (response.destroyed) upstream.destroy();
  outgoing.on("response", (incoming) => {
    // Node reads 000 to 099 as a status, and throws when it is to write one.
    if ((incoming.statusCode ?? 0) < 200) outgoing.destroy();
    else passBack(incoming, response);
  });
  outgoing.on("error", (error) => refuse(response, refusalFor(error, target)));
  // An answer of 101, which nobody asked for, is no answer at all.
  outgoing.on("close", () => refuse(response, refusalFor(new Error("no answer"), target)));
}

function passOn(request: IncomingMessage, target: HttpTarget, upstream: Socket): ClientRequest {
  // Which host is meant is said by the target; 100 Continue has been said to the client by now.
  const passed = endToEnd(request.rawHeaders, ["host", "expect"]);
  const headers = ["Host", target.authority, ...passed, "Connection", "close"];
  // Without it Node would send the body of a GET with nothing that says where it ends.
  if (request.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  const outgoing = send({
    method: request.method ?? "GET",
    path: target.path,
    headers,
    createConnection: () => upstream,
    maxHeaderSize: 64 * 1024,
  });
  return request.pipe(outgoing);
}

function passBack(incoming: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return;
  response.sendDate = false;
  response.writeHead(incoming.statusCode as number, endToEnd(incoming.rawHeaders));
  // An answer that breaks off must not look like one that ends.
  pipeline(incoming, response, () => {});
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return;
  const { status, headers, body } = renderRefusal(refusal);
  response.writeHead(status, headers).end(body);
}
