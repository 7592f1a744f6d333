import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { renderRaw } from "./refusal.ts";
import { type EgressSite, reach } from "./site.ts";
import { readAuthority } from "./target.ts";

const NO_TARGET = { status: 400, message: "CONNECT wants a host and a port: example.com:443" };

/** Serves CONNECT: joins the client with where it may go, whatever they say to each other. Never throws. */
export async function tunnel(
  site: EgressSite,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): Promise<void> {
  // Who breaks off is nothing to report.
  client.on("error", () => {});
  client.setTimeout(site.silence, () => client.destroy());
  const target = readAuthority(request.url ?? "");
  const upstream = target ? await reach(site, request, target) : NO_TARGET;
  if (!(upstream instanceof Socket)) {
    client.end(renderRaw(upstream), () => client.destroySoon());
    return;
  }
  upstream.on("error", () => {});
  upstream.setTimeout(site.silence, () => upstream.destroy());
  client.write("HTTP/1.1 200 Connection established\r\n\r\n");
  if (head.length > 0) upstream.write(head);
  join(client, upstream);
  join(upstream, client);
  // It may have gone while it was waited for.
  if (client.destroyed) upstream.destroy();
}

/** Passes bytes on as fast as they are taken. Each direction ends by itself; a connection that breaks breaks the other. */
function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("close", (isBroken) => {
    if (isBroken) to.resetAndDestroy();
    // What was sent before still arrives.
    else to.end(() => to.destroy());
  });
}
