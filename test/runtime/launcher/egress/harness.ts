import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type EgressOptions, startEgress } from "../../../../src/runtime/launcher/egress/server.ts";
import { createLookup } from "../../../../src/runtime/launcher/lookup.ts";
import { createPolicy, type PolicyOptions } from "../../../../src/runtime/launcher/policy.ts";
import { memoryLog } from "../../memory-log.ts";
import { portOf, raw, serve } from "../harness.ts";
import { type Answer, openNameServer, type QuestionType } from "../name-server.ts";

/** The only allowed loopback address, where the reachable servers of tests listen. */
export const OPEN = "127.0.0.1";
/** A refused address, on which tests have servers too. */
export const SHUT = "127.0.0.2";

/** A real proxy with a name server of its own; it ends with the test. */
export async function openEgress(
  options: Partial<EgressOptions & PolicyOptions> & {
    readonly answer?: (name: string, type: QuestionType) => Answer;
  } = {},
) {
  const { answer = () => "NXDOMAIN" as const, ...rest } = options;
  const memory = memoryLog();
  const names = await openNameServer(answer);
  const lookup = createLookup({ servers: [names.address], hosts: "/dev/null", timeout: 60_000 });
  const policy = createPolicy({ allow: [`${OPEN}/32`], lookup, log: memory.log, ...rest });
  const egress = startEgress({ port: 0, policy, log: memory.log, ...rest });
  const port = await portOf(egress);
  onTestFinished(() => {
    egress.close();
    names.close();
  });
  return {
    port,
    egress,
    policy,
    memory,
    questions: names.questions,
    refused: () => memory.events("egress.refused"),
    get: (target: string, more: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
      ask(port, target, more),
    connect: (authority: string) => openTunnel(port, authority),
    raw: (bytes: string) => raw(port, bytes),
  };
}

/** A server that records its requests; it ends with the test. */
export async function open(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  host: string = OPEN,
) {
  const reached: string[] = [];
  const served = await serve(
    (incoming, response) => {
      reached.push(`${incoming.method} ${incoming.url}`);
      handler(incoming, response);
    },
    { host },
  );
  onTestFinished(() => served.close());
  return { ...served, reached, url: `http://${host}:${served.port}` };
}

/** A TCP server. */
export async function openRaw(handler: (socket: Socket) => void, host = OPEN) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on("error", () => {}));
    handler(socket);
  }).listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { sockets, port, url: `http://${host}:${port}` };
}

/** Whether the other side has ended. */
export const isOver = (socket: Socket) => socket.readableEnded || socket.destroyed;

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: string[];
  readonly body: string;
}

function ask(
  port: number,
  target: string,
  {
    method = "GET",
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, method, path: target, headers, agent: false },
      async (response) => {
        try {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk as Buffer);
          resolve({
            status: response.statusCode,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            body: Buffer.concat(chunks).toString(),
          });
        } catch (error) {
          reject(error);
        }
      },
    );
    outgoing.on("error", reject).end(body);
  });
}

/** The answer to CONNECT, and the connection. */
async function openTunnel(port: number, authority: string) {
  const outgoing = request({
    host: "127.0.0.1",
    port,
    method: "CONNECT",
    path: authority,
    agent: false,
  }).end();
  const [response, socket, head] = (await once(outgoing, "connect")) as [IncomingMessage, Socket, Buffer];
  if (head.length > 0) socket.unshift(head);
  onTestFinished(() => void socket.destroy());
  return { status: response.statusCode, headers: response.headers, socket };
}

/** Reads until the other side ends. */
export async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}
