import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import sirv from "sirv";
import { OTHER_ADDRESS, otherPort } from "../engine/port.ts";
import { KasmixError } from "../model/error.ts";

/** A running server. */
export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a built registry over HTTP, for a Kasm on the same network. Pages of any origin may read it, as Kasm's does.
 * @throws KasmixError E_USAGE when the port is taken or the address is not this machine's
 */
export async function serveRegistry(folder: string, { port = 0, bind = "127.0.0.1" }): Promise<Served> {
  const files = sirv(folder, { dev: true, setHeaders });
  const server = createServer((request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { Allow: "GET, HEAD" }).end();
      return;
    }
    files(request, response, () => {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("not found\n");
    });
  });
  await listen(server, port, bind);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function setHeaders(response: ServerResponse): void {
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Cache-Control", "no-cache");
  response.setHeader("X-Content-Type-Options", "nosniff");
}

async function listen(server: Server, port: number, bind: string): Promise<void> {
  server.listen(port, bind);
  try {
    await once(server, "listening");
  } catch (cause) {
    const { message: reason, code } = cause as NodeJS.ErrnoException;
    throw new KasmixError("E_USAGE", `Cannot listen at ${bind}, port ${port}: ${reason}`, {
      fix: code === "EADDRINUSE" ? `Choose another: ${await otherPort(bind, port)}` : OTHER_ADDRESS,
      cause,
    });
  }
}
