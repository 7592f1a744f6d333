import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { detectEngine } from "../../src/engine/detect.ts";

/** A web server on this machine for containers. */
export interface Web {
  /** This machine's address on Docker's network of containers: a private one, which the policy has to let in. */
  readonly host: string;
  /** `http://host:port` */
  readonly site: string;
  close(): void;
}

/** The colour of all pages. */
export const PAGE_COLOUR = 0x12ab56;

/** Starts a web server whose pages have their path as title, unless `answer` answers. */
export async function startWeb(
  answer: (...exchange: Parameters<RequestListener>) => boolean = () => false,
): Promise<Web> {
  const server = createServer((request, response) => {
    if (answer(request, response)) return;
    const title = decodeURIComponent(request.url?.slice(1) ?? "");
    response.setHeader("Content-Type", "text/html");
    response.end(`<title>${title}</title><body style="background:#${PAGE_COLOUR.toString(16)}">`);
  }).listen(0, "0.0.0.0");
  await once(server, "listening");
  const host = await bridgeAddress();
  return {
    host,
    site: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}

/** From the engine: without a running container the system does not list the interface. */
async function bridgeAddress(): Promise<string> {
  const engine = await detectEngine();
  const format = "{{with index .IPAM.Config 0}}{{or .Gateway .Subnet}}{{end}}";
  const told = (await engine.run(["network", "inspect", "bridge", "--format", format])).trim();
  // Without a setting the engine gives only the network; the address is its first one.
  return told.replace(/\.0\/\d+$/, ".1");
}
