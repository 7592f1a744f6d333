import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, connect as dial, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "../../helpers/eventually.ts";
import { OPEN, open, openEgress, readAll, SHUT } from "./harness.ts";

/** A server that is no HTTP server. */
async function openRaw(handler: (socket: Socket) => void, host = OPEN) {
  const sockets = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
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

const isOver = (socket: Socket) => socket.readableEnded || socket.destroyed;

describe("a request for http://", () => {
  it("reaches its server, and the answer comes back, but for what is of a connection only", async () => {
    const { get } = await openEgress();
    const { url, port } = await open(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.writeHead(418, [
        "Set-Cookie",
        "a=1",
        "Set-Cookie",
        "b=2",
        "Connection",
        "X-Hop",
        "X-Hop",
        "1",
      ]);
      response.end(
        JSON.stringify({ method: request.method, url: request.url, headers: request.rawHeaders, body }),
      );
    });
    const headers = { Host: "other.example", "Proxy-Connection": "x", "X-Mine": "1", Upgrade: "h2c" };
    const reply = await get(`${url}/a/b?c=d`, { method: "PUT", headers, body: "hello" });
    expect(reply).toMatchObject({ status: 418, headers: { "set-cookie": ["a=1", "b=2"] } });
    expect(reply.headers).not.toHaveProperty("x-hop");
    expect(JSON.parse(reply.body)).toEqual({
      method: "PUT",
      url: "/a/b?c=d",
      headers: ["Host", `${OPEN}:${port}`, "X-Mine", "1", "Content-Length", "5", "Connection", "close"],
      body: "hello",
    });
  });

  it("may have a body of any length, or one whose length is not known, whatever the method", async () => {
    const { get } = await openEgress();
    const { url } = await open((request, response) => void request.pipe(response));
    const body = "0123456789".repeat(200_000);
    expect((await get(url, { method: "POST", body })).body).toBe(body);
    const chunked = {
      method: "GET",
      headers: { "Transfer-Encoding": "chunked" },
      body: "GET / HTTP/1.1\r\n\r\n",
    };
    expect(await get(url, chunked)).toMatchObject({ status: 200, body: chunked.body });
  });

  it("that the client has announced is waited for", async () => {
    const { raw, port } = await openEgress();
    const { url } = await open((request, response) => void request.pipe(response));
    const head = `POST ${url}/ HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`;
    expect(await raw(`${head}hi`)).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [\s\S]*hi\r\n0\r\n/,
    );
    expect(port).toBeGreaterThan(0);
  });

  it.each(["HEAD", "OPTIONS", "DELETE", "PATCH"])("may be a %s", async (method) => {
    const { get } = await openEgress();
    const { url, reached } = await open((_request, response) => response.writeHead(204).end());
    expect(await get(`${url}/x`, { method })).toMatchObject({ status: 204 });
    expect(reached).toEqual([`${method} /x`]);
  });

  it("follows another on the same connection, each judged by itself", async () => {
    const { raw } = await openEgress();
    const { url } = await open((_request, response) => response.end("open"));
    const shut = await open((_request, response) => response.end("shut"), SHUT);
    const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answers = await raw(`${get(`${url}/`)}${get(`${shut.url}/`)}`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 403"]);
    expect(shut.reached).toEqual([]);
  });

  it("that is none for a proxy is a bad request", async () => {
    const { get, raw, refused } = await openEgress();
    for (const target of ["/", "https://example.com/", "ftp://example.com/"])
      expect(await get(target)).toMatchObject({ status: 400, body: expect.stringContaining("by CONNECT") });
    expect(await raw("hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(refused()).toEqual([]);
  });

  it("that asks for a WebSocket is a plain one: WebSockets come by CONNECT", async () => {
    const { get } = await openEgress();
    const { url } = await open((request, response) => response.end(String(request.headers.upgrade)));
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    expect(await get(url, { headers })).toMatchObject({ status: 200, body: "undefined" });
  });

  it.each([
    ["that hangs up", (socket: Socket) => void socket.destroy()],
    ["that ends", (socket: Socket) => void socket.end()],
    ["that speaks no HTTP", (socket: Socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
    [
      "that switches protocols unasked",
      (socket: Socket) => void socket.end("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ],
  ])("to a server %s is a bad gateway", async (_title, handler) => {
    const { get } = await openEgress();
    const { url } = await openRaw(handler);
    expect(await get(url)).toMatchObject({ status: 502, body: expect.stringContaining("cannot be reached") });
  });

  it("to a port where nobody listens is a bad gateway", async () => {
    const { get, refused } = await openEgress();
    const { url, close } = await open(() => {});
    close();
    expect(await get(url)).toMatchObject({ status: 502, body: expect.stringContaining("ECONNREFUSED") });
    expect(refused()).toEqual([]);
  });

  it("to a server that is silent is given up", async () => {
    const { get } = await openEgress({ silence: 50 });
    const { url } = await openRaw(() => {});
    expect(await get(url).catch(() => ({ status: 502 }))).toMatchObject({ status: 502 });
  });

  it("whose answer breaks off breaks off", async () => {
    const { get } = await openEgress();
    const { url } = await openRaw((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", () => socket.destroy()),
    );
    await expect(get(url)).rejects.toThrow("aborted");
  });

  it("that the client gives up is given up at the server", async () => {
    const { port } = await openEgress();
    const { url, sockets } = await openRaw((socket) => void socket.resume());
    const client = dial({ host: "127.0.0.1", port });
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    await eventually(() => expect(sockets.size).toBe(1));
    client.destroy();
    await eventually(() => expect([...sockets].every(isOver)).toBe(true));
  });
});

describe("CONNECT", () => {
  it("joins the client with the server, byte by byte, until each has ended", async () => {
    const { connect } = await openEgress();
    const { port } = await openRaw((socket) => {
      let heard = "";
      socket.on("data", (chunk) => {
        heard += chunk;
      });
      // Only when the client has ended: half a connection is one, too.
      socket.on("end", () => socket.end(`heard ${heard}`));
    });
    const { status, socket } = await connect(`${OPEN}:${port}`);
    expect(status).toBe(200);
    socket.end("hello");
    expect(await readAll(socket)).toBe("heard hello");
  });

  it("takes what comes along with it", async () => {
    const { port: proxy } = await openEgress();
    const { port } = await openRaw((socket) => socket.pipe(socket));
    const socket = dial({ host: "127.0.0.1", port: proxy, allowHalfOpen: true });
    socket.end(`CONNECT ${OPEN}:${port} HTTP/1.1\r\nHost: x\r\n\r\nearly`);
    expect(await readAll(socket)).toBe("HTTP/1.1 200 Connection established\r\n\r\nearly");
  });

  it("carries WebSockets", async () => {
    const { connect } = await openEgress();
    const { server, port } = await open(() => {});
    new WebSocketServer({ server }).on("connection", (socket) =>
      socket.on("message", (data) => socket.send(`echo ${data}`)),
    );
    const { socket } = await connect(`${OPEN}:${port}`);
    const client = new WebSocket(`ws://${OPEN}:${port}/`, { createConnection: () => socket });
    await once(client, "open");
    client.send("hello");
    const [data] = await once(client, "message");
    expect(String(data)).toBe("echo hello");
    client.terminate();
  });

  it("holds the server back while the client does not read", async () => {
    const { connect } = await openEgress();
    const total = 64 * 1024 * 1024;
    let sent = 0;
    const { port } = await openRaw((socket) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (sent < total) {
          sent += chunk.length;
          if (!socket.write(chunk)) return;
        }
        socket.end();
      };
      socket.on("drain", more);
      more();
    });
    const { socket } = await connect(`${OPEN}:${port}`);
    let last = -1;
    // Nobody reads: it comes to a stop by itself.
    await eventually(
      () => {
        const before = last;
        last = sent;
        expect(sent).toBe(before);
      },
      { interval: 100 },
    );
    expect(sent).toBeLessThan(total);
    let received = 0;
    for await (const chunk of socket) received += chunk.length;
    expect(received).toBe(total);
  });

  it("that breaks on one side breaks on the other", async () => {
    const { connect } = await openEgress();
    const broken: unknown[] = [];
    const { port, sockets } = await openRaw(
      (socket) => void socket.resume().on("error", (error) => broken.push(error)),
    );
    const one = (await connect(`${OPEN}:${port}`)).socket.on("error", (error) => broken.push(error));
    const [first] = await eventually(() => expect(sockets.size).toBe(1)).then(() => [...sockets]);
    first?.resetAndDestroy();
    await eventually(() => expect(one.resume().destroyed).toBe(true));
    const other = (await connect(`${OPEN}:${port}`)).socket;
    await eventually(() => expect(sockets.size).toBe(2));
    other.resetAndDestroy();
    const reset = expect.objectContaining({ code: "ECONNRESET" });
    await eventually(() => expect(broken).toEqual([reset, reset]));
  });

  it("that is silent for too long is ended", async () => {
    const { connect } = await openEgress({ silence: 50 });
    const { port } = await openRaw((socket) => void socket.resume());
    const { socket } = await connect(`${OPEN}:${port}`);
    await once(socket.on("error", () => {}).resume(), "close");
  });

  it("without a host and a port is a bad request", async () => {
    const { connect } = await openEgress();
    for (const authority of ["example.com", "http://example.com:80", "user@example.com:443"])
      expect(await connect(authority)).toMatchObject({ status: 400 });
  });

  it("to a port where nobody listens is a bad gateway", async () => {
    const { connect } = await openEgress();
    const { port, close } = await open(() => {});
    close();
    const { status, socket } = await connect(`${OPEN}:${port}`);
    expect([status, await readAll(socket)]).toEqual([502, expect.stringContaining("ECONNREFUSED")]);
  });
});

describe("what the policy refuses", () => {
  it("is not connected to; the page says why, the log says who wanted what", async () => {
    const { get, connect, refused } = await openEgress();
    const shut = await open((_request, response) => response.end("secret"), SHUT);
    expect(await get(`${shut.url}/x`)).toMatchObject({
      status: 403,
      headers: { "x-kasmix-reason": "loopback", "cache-control": "no-store", "content-type": /^text\/plain/ },
      body: `This address is not for this browser.\n\n${SHUT} is this container. To let it in, name it in KASMIX_EGRESS_ALLOW.\n`,
    });
    const { status, headers, socket } = await connect(`${SHUT}:${shut.port}`);
    expect([status, headers["x-kasmix-reason"]]).toEqual([403, "loopback"]);
    expect(await readAll(socket)).toMatch(/^This address is not for this browser/);
    const line = { event: "egress.refused", host: SHUT, port: shut.port, reason: "loopback" };
    expect(refused()).toMatchObject([
      { method: "GET", ...line },
      { method: "CONNECT", ...line },
    ]);
    expect(shut.reached).toEqual([]);
  });

  it.each([
    "0x7f000002",
    "127.2",
    "[::ffff:127.0.0.2]",
    "localhost",
    "foo.localhost",
    "169.254.169.254",
    "metadata.google.internal",
    "kubernetes.default.svc",
    "10.0.0.1",
    "[fd00::1]",
    "[64:ff9b::a00:1]",
    "wiki",
  ])("is %s, in a request and in CONNECT", async (host) => {
    const { get, connect, questions } = await openEgress();
    expect(await get(`http://${host}/`)).toMatchObject({ status: 403 });
    expect(await connect(`${host}:443`)).toMatchObject({ status: 403 });
    expect(questions).toEqual([]);
  });

  it("is every address and port of the container's own, though all of its network is let in", async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address));
    const { port } = await open(() => {});
    const { get } = await openEgress({ allow: ["0.0.0.0/0", "::/0"], ports: [port] });
    for (const host of own)
      expect(await get(`http://${host}/`)).toMatchObject({
        status: 403,
        headers: { "x-kasmix-reason": "own-address" },
      });
    expect(await get(`http://${OPEN}:${port}/`)).toMatchObject({
      status: 403,
      headers: { "x-kasmix-reason": "own-port" },
    });
  });
});

describe("a name", () => {
  it("is looked up here, once, and the connection made to what was judged", async () => {
    const answers = [OPEN, SHUT];
    const { get, questions } = await openEgress({
      answer: (_name, type) => (type === "A" ? [{ type, data: answers.shift() ?? SHUT }] : []),
    });
    const { port } = await open((request, response) => response.end(`open to ${request.headers.host}`));
    const target = `http://rebind.test:${port}/`;
    expect(await get(target)).toMatchObject({ status: 200, body: `open to rebind.test:${port}` });
    expect([...questions].sort()).toEqual(["A rebind.test", "AAAA rebind.test"]);
    expect(await get(target)).toMatchObject({ status: 403, headers: { "x-kasmix-reason": "loopback" } });
  });

  it("that changes its mind while it is judged is not asked again", async () => {
    const answers = [OPEN];
    const { connect } = await openEgress({
      answer: (_name, type) => (type === "A" ? [{ type, data: answers.shift() ?? SHUT }] : []),
    });
    const { port } = await openRaw((socket) => socket.end("open"));
    const { status, socket } = await connect(`rebind.test:${port}`);
    expect([status, await readAll(socket)]).toEqual([200, "open"]);
  });

  it.each([
    ["A open, AAAA private", [OPEN], ["fd00::1"], "private"],
    ["one of two private", [OPEN, "10.0.0.1"], [], "private"],
  ])("is refused for any of its addresses: %s", async (_title, a, aaaa, reason) => {
    const { get } = await openEgress({
      answer: (_name, type) => (type === "A" ? a : aaaa).map((data) => ({ type, data })),
    });
    const { port, reached } = await open((_request, response) => response.end());
    expect(await get(`http://name.test:${port}/`)).toMatchObject({
      status: 403,
      headers: { "x-kasmix-reason": reason },
    });
    expect(reached).toEqual([]);
  });

  it("is served by the first of its addresses that answers", async () => {
    const { get } = await openEgress({
      allow: ["127.0.0.0/8"],
      answer: (_name, type) => (type === "A" ? ["127.0.0.3", OPEN].map((data) => ({ type, data })) : []),
    });
    const { port } = await open((_request, response) => response.end("open"));
    expect(await get(`http://name.test:${port}/`)).toMatchObject({ status: 200, body: "open" });
  });

  it("that nobody knows is a bad gateway, and no matter for the log", async () => {
    const { get, connect, refused } = await openEgress();
    expect(await get("http://name.test/")).toMatchObject({
      status: 502,
      headers: { "x-kasmix-reason": "unresolved" },
      body: expect.stringContaining("name.test has no address"),
    });
    expect(await connect("name.test:443")).toMatchObject({ status: 502 });
    expect(refused()).toEqual([]);
  });
});

it("it listens on loopback only", async () => {
  const { port } = await openEgress();
  const outer = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4");
  if (!outer) return;
  const socket = dial({ host: outer.address, port });
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ code: "ECONNREFUSED" });
});

it("when it is closed, every connection ends", async () => {
  const { connect, egress } = await openEgress();
  const { port, sockets } = await openRaw((socket) => void socket.resume());
  const { socket } = await connect(`${OPEN}:${port}`);
  egress.close();
  await once(socket.on("error", () => {}).resume(), "close");
  await eventually(() => expect([...sockets].every(isOver)).toBe(true));
});
