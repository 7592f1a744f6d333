import { createServer, request as send } from "node:http";
import { connect } from "node:net";
import { pipeline } from "node:stream";
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
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? "");
    logins.push(request.headers["proxy-authorization"]);
    const { method, headers } = request;
    const { pathname, search } = new URL(request.url ?? "");
    const target = { hostname, port, method, headers, path: `${pathname}${search}` };
    const onward = send(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  proxy.on("connect", (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    logins.push(request.headers["proxy-authorization"]);
    const server = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      pipeline(server, client, server, () => {});
    });
    server.on("error", () => client.destroy());
  });
  return { address: await listen(proxy), asked, logins };
}
