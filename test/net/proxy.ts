import { createServer } from "node:http";
import { connect } from "node:net";
import { listen } from "../debian/fixtures.ts";

/** A proxy on this machine that counts: every name leads to one server on this machine. */
export interface CountingProxy {
  readonly address: string;
  /** What it was asked for, in order: whole addresses, and `CONNECT host:port`. */
  readonly asked: readonly string[];
  /** The Proxy-Authorization headers that came along. */
  readonly logins: readonly (string | undefined)[];
}

/** Starts a proxy that leads every address to the server at `origin`, until the test is over. */
export async function openProxy(origin: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(origin);
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const proxy = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    logins.push(request.headers["proxy-authorization"]);
    const { pathname, search } = new URL(request.url ?? "");
    const answer = await fetch(`${origin}${pathname}${search}`, { redirect: "manual" });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  proxy.on("connect", (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    logins.push(request.headers["proxy-authorization"]);
    const server = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      server.pipe(client).pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  return { address: await listen(proxy), asked, logins };
}
