import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { GATEWAY_HEADER } from "../../wire/answer.ts";
import { findEntry, isAllowed } from "./route.ts";
import { judge, pathIn, refusal, type Site } from "./router.ts";

/** Answers a WebSocket handshake by the site's routes. */
export function upgrade(site: Site, request: IncomingMessage, socket: Duplex, head: Buffer) {
  socket.on("error", () => {});
  const path = pathIn(site, request);
  const route = typeof path === "string" ? findEntry(site.sockets, path) : undefined;
  if (!route) return refuseRaw(socket, 404);
  if (!site.isOwnPage(request)) {
    site.refused.note("origin", request);
    return refuseRaw(socket, 403);
  }
  const verdict = judge(site, request);
  if (verdict.outcome !== "admitted") {
    site.refused.note("password", request);
    const { status, headers } = (site.refuse ?? refusal)(verdict, request.headers.authorization);
    refuseRaw(socket, status, headers);
  } else if (isAllowed(route.needs, verdict.role)) {
    const { role, user } = verdict;
    // Who loses rights, or signs out, loses the connections opened with them.
    socket.once(
      "close",
      site.authenticator.onRevoked(verdict, () => socket.destroy()),
    );
    route.upgrade(request, socket, head, role, user.name);
  } else refuseRaw(socket, 403);
}

/** Refuses on a socket without a response object. */
export function refuseRaw(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = Object.entries({ [GATEWAY_HEADER]: "1", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  // Give the client a second to read the answer, then close.
  setTimeout(() => socket.destroy(), 1_000).unref();
}
