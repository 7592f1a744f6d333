import { type ClientRequest, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { Socket } from "node:net";
import { pipeline } from "node:stream";
import { endToEnd } from "./headers.ts";
import { type Refusal, refusalFor, renderRefusal } from "./refusal.ts";
import { type EgressSite, reach } from "./site.ts";
import { type HttpTarget, readAbsolute } from "./target.ts";

const NO_TARGET = {
  status: 400,
  message: "This is a proxy: request http://host/path, or use CONNECT for anything else.",
};

/** Forwards a request for http:// on a new connection to its destination, if the policy allows it. Never throws. */
export async function forward(
  site: EgressSite,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A disconnect is not an error.
  response.on("error", () => {});
  const target = readAbsolute(request.url ?? "");
  const upstream = target ? await reach(site, request, target) : NO_TARGET;
  if (target === undefined || !(upstream instanceof Socket)) return refuse(response, upstream as Refusal);
  const outgoing = passOn(request, target, upstream);
  upstream.setTimeout(site.silence, () => upstream.destroy());
  response.on("close", () => upstream.destroy());
  if (response.destroyed) upstream.destroy();
  outgoing.on("response", (incoming) => {
    // Node accepts a status from 000 to 099 when it reads, but throws when it writes one.
    if ((incoming.statusCode ?? 0) < 200) outgoing.destroy();
    else passBack(incoming, response);
  });
  outgoing.on("error", (error) => refuse(response, refusalFor(error, target)));
  // Also the end of an unwanted answer of 101, which Node does not report as a response.
  outgoing.on("close", () => refuse(response, refusalFor(new Error("no answer"), target)));
}

function passOn(request: IncomingMessage, target: HttpTarget, upstream: Socket): ClientRequest {
  // Host comes from the target; the client has got its 100 Continue from this proxy.
  const passed = endToEnd(request.rawHeaders, ["host", "expect"]);
  const headers = ["Host", target.authority, ...passed, "Connection", "close"];
  // Otherwise Node would send the body of a GET without marking its end.
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
  // A truncated answer must not look complete.
  pipeline(incoming, response, () => {});
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return;
  const { status, headers, body } = renderRefusal(refusal);
  response.writeHead(status, headers).end(body);
}
