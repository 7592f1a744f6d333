import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import { onTestFinished } from "vitest";

const JSMPEG = join(
  import.meta.dirname,
  "../../node_modules/@cycjimmy/jsmpeg-player/dist/jsmpeg-player.umd.min.js",
);

/**
 * Replaces Kasm's platform until the test ends: a page with JSMpeg, and a proxy that passes WebSockets on to
 * a port of this machine with the password, which the page does not know. Returns the page's address.
 */
export async function openKasmPage(port: number, password: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/jsmpeg.js") return response.end(readFileSync(JSMPEG));
    response.setHeader("Content-Type", "text/html");
    response.end('<!doctype html><canvas></canvas><button>Play</button><script src="/jsmpeg.js"></script>');
  });
  server.on("upgrade", (request, socket) => passOn(request, socket, port, password));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

function passOn({ headers }: IncomingMessage, browser: Duplex, port: number, password: string): void {
  const authorization = `Basic ${Buffer.from(`kasm_user:${password}`).toString("base64")}`;
  // Kasm serves its page over https, this stand-in does not.
  const given = { ...headers, host: `localhost:${port}`, origin: "https://localhost", authorization };
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
  const gateway = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
    gateway.write(`GET / HTTP/1.1\r\n${lines.join("")}\r\n`);
    gateway.pipe(browser).pipe(gateway);
  });
  for (const [one, other] of [
    [gateway, browser],
    [browser, gateway],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}
