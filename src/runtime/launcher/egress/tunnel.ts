import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { renderRaw } from "./refusal.ts";
import { type EgressSite, reach } from "./site.ts";
import { readAuthority } from "./target.ts";

const NO_TARGET = { status: 400, message: "CONNECT needs a host and a port: example.com:443" };

/** Serves CONNECT: connects the client with its destination, if the policy allows it. Never throws. */
export async function tunnel(
  site: EgressSite,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): Promise<void> {
  // A disconnect is not an error.
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
  // The client may have disconnected meanwhile.
  if (client.destroyed) upstream.destroy();
}

/** Passes bytes on with backpressure. Each direction ends separately; a reset of one connection resets the other. */
function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("close", (isBroken) => {
    if (isBroken) to.resetAndDestroy();
    // Bytes sent before still arrive.
    else to.end(() => to.destroy());
  });
}
