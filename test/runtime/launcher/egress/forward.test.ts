import { connect as dial, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { eventually } from "../../../helpers/eventually.ts";
import { freePort } from "../../../helpers/free-port.ts";
import { isOver, OPEN, open, openEgress, openRaw, SHUT } from "./harness.ts";

describe("a request for http://", () => {
  it("reaches its server and returns the answer, without hop-by-hop headers", async () => {
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

  it("may have a body of any or unknown length, with any method", async () => {
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

  it("with Expect: 100-continue gets its 100", async () => {
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

  it("may follow another on the same connection, and is judged separately", async () => {
    const { raw } = await openEgress();
    const { url } = await open((_request, response) => response.end("open"));
    const shut = await open((_request, response) => response.end("shut"), SHUT);
    const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answers = await raw(`${get(`${url}/`)}${get(`${shut.url}/`)}`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 403"]);
    expect(shut.reached).toEqual([]);
  });

  it("that is not meant for a proxy is a bad request", async () => {
    const { get, raw, refused } = await openEgress();
    for (const target of ["/", "https://example.com/", "ftp://example.com/"])
      expect(await get(target)).toMatchObject({ status: 400, body: expect.stringContaining("use CONNECT") });
    expect(await raw("hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(refused()).toEqual([]);
  });

  it("for a WebSocket is forwarded as a plain one: WebSockets use CONNECT", async () => {
    const { get } = await openEgress();
    const { url } = await open((request, response) => response.end(String(request.headers.upgrade)));
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    expect(await get(url, { headers })).toMatchObject({ status: 200, body: "undefined" });
  });

  it.each([
    ["that closes the connection", (socket: Socket) => void socket.destroy()],
    ["that ends", (socket: Socket) => void socket.end()],
    ["that does not speak HTTP", (socket: Socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n")],
    // This threw uncaught: any web page could fill the log with fault.exception.
    [
      "whose status is invalid",
      (socket: Socket) => void socket.end("HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nhi"),
    ],
    [
      "that switches protocols unasked",
      (socket: Socket) => void socket.end("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    ],
  ])("to a server %s is a bad gateway", async (_title, handler) => {
    const { get } = await openEgress();
    const { url } = await openRaw(handler);
    expect(await get(url)).toMatchObject({ status: 502, body: expect.stringContaining("cannot be reached") });
  });

  it("to a closed port is a bad gateway", async () => {
    const { get, refused } = await openEgress();
    expect(await get(`http://${OPEN}:${await freePort()}`)).toMatchObject({
      status: 502,
      body: expect.stringContaining("ECONNREFUSED"),
    });
    expect(refused()).toEqual([]);
  });

  it("to a silent server is aborted", async () => {
    const { get } = await openEgress({ silence: 300 });
    const { url } = await openRaw(() => {});
    expect(await get(url).catch(() => ({ status: 502 }))).toMatchObject({ status: 502 });
  });

  it("whose answer is aborted is aborted", async () => {
    const { get } = await openEgress();
    const { url } = await openRaw((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", () => socket.destroy()),
    );
    await expect(get(url)).rejects.toThrow("aborted");
  });

  it("that the client aborts is aborted at the server", async () => {
    const { port } = await openEgress();
    const { url, sockets } = await openRaw((socket) => void socket.resume());
    const client = dial({ host: "127.0.0.1", port });
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    await eventually(() => expect(sockets.size).toBe(1));
    client.destroy();
    await eventually(() => expect([...sockets].every(isOver)).toBe(true));
  });
});
