import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { WebSocketServer } from "ws";
import { createTrustedProxies } from "../../../src/runtime/gateway/client-address.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";
import { createOpener, type OpenerOptions, RATE } from "../../../src/runtime/launcher/open.ts";
import { createPolicy } from "../../../src/runtime/launcher/policy.ts";
import { type Launcher, type LauncherOptions, startLauncher } from "../../../src/runtime/launcher/server.ts";
import { createTokenBucket } from "../../../src/runtime/launcher/token-bucket.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";

export const TOKEN = "correct-horse";
export const BEARER = `Bearer ${TOKEN}`;

/** A test's options for the launcher. */
export type TestedLauncher = Partial<
  Pick<LauncherOptions, "token" | "proxies" | "throttle"> & OpenerOptions & { now(): number }
>;

/** A real launcher on a free port, and its log. */
export async function openLauncher({ cdpPort = 1, policy, timeout, ...options }: TestedLauncher) {
  const clock = options.now ? { now: options.now } : {};
  const memory = memoryLog();
  const launcher = startLauncher({
    port: 0,
    token: TOKEN,
    open: createOpener({
      cdpPort,
      policy: policy ?? createPolicy({ log: memory.log }),
      ...(timeout === undefined ? {} : { timeout }),
    }),
    bucket: createTokenBucket({ ...RATE, ...clock }),
    throttle: createThrottle(clock),
    proxies: createTrustedProxies(),
    log: memory.log,
    ...options,
  });
  const port = await portOf(launcher);
  return {
    port,
    launcher,
    audited: () => memory.events("launcher.request"),
    events: memory.events,
    post: (
      body: string | object,
      headers: Record<string, string> = { authorization: BEARER },
      path = "/open",
    ) => ask(port, "POST", path, headers, typeof body === "string" ? body : JSON.stringify(body)),
    ask: (method: string, path: string, headers = {}, body?: string) =>
      ask(port, method, path, headers, body),
    raw: (bytes: string) => raw(port, bytes),
  };
}

/** The port of a server as soon as it listens. */
export function portOf(server: Pick<Launcher, "port">): Promise<number> {
  return eventually(() => {
    const port = server.port();
    if (port === undefined) throw new Error("it does not listen yet");
    return port;
  });
}

/** An HTTP server on a free port of a loopback address. */
export async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  { host = "127.0.0.1", port = 0 } = {},
): Promise<{ server: Server; port: number; close(): void }> {
  const server = createServer(handler).listen(port, host);
  await once(server, "listening");
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A stand-in for a browser's DevTools with a test's answers. */
export async function openDevTools(script: {
  readonly list: unknown;
  readonly reply?: (message: { id: number; method: string; params: unknown }) => unknown;
  /** @default a free one */
  readonly port?: number;
}) {
  const asked: unknown[] = [];
  const http = await serve(
    (incoming, response) => {
      asked.push({ url: incoming.url, host: incoming.headers.host });
      if (script.list !== undefined)
        response.end(typeof script.list === "string" ? script.list : JSON.stringify(script.list));
    },
    script.port === undefined ? {} : { port: script.port },
  );
  const sockets = new WebSocketServer({ server: http.server });
  sockets.on("connection", (socket, incoming) => {
    asked.push({ url: incoming.url, origin: incoming.headers.origin });
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      asked.push(message);
      const reply = script.reply?.(message);
      if (reply === "hang up") socket.close();
      else if (reply === "mumble") socket.send("{");
      else if (reply !== undefined) socket.send(JSON.stringify(reply));
    });
  });
  return { port: http.port, asked, close: http.close };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers: { ...length, ...headers }, agent: false },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      },
    );
    // As bytes: Node would write the headers in UTF-8 along with a string.
    outgoing.on("error", reject).end(body === undefined ? undefined : Buffer.from(body));
  });
}

/** Sends bytes and returns everything that comes back until the connection closes. */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(bytes, "latin1"));
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}
