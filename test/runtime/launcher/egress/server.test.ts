import { once } from "node:events";
import { connect as dial } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { openCrowd } from "../../../helpers/crowd.ts";
import { eventually } from "../../../helpers/eventually.ts";
import { isOver, OPEN, open, openEgress, openRaw, readAll, SHUT } from "./harness.ts";

describe("a refused destination", () => {
  it("is not connected to; the page says why, and it is logged", async () => {
    const { get, connect, refused } = await openEgress();
    const shut = await open((_request, response) => response.end("secret"), SHUT);
    expect(await get(`${shut.url}/x`)).toMatchObject({
      status: 403,
      headers: {
        "x-kasmix-reason": "loopback",
        "cache-control": "no-store",
        "content-type": "text/plain; charset=utf-8",
      },
      body: `This browser may not open this address.\n\n${SHUT} is this container. To allow it, add it to KASMIX_EGRESS_ALLOW.\n`,
    });
    const { status, headers, socket } = await connect(`${SHUT}:${shut.port}`);
    expect([status, headers["x-kasmix-reason"]]).toEqual([403, "loopback"]);
    expect(await readAll(socket)).toMatch(/^This browser may not open this address/);
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
  ])("may be %s, in a request and in CONNECT", async (host) => {
    const { get, connect, questions } = await openEgress();
    expect(await get(`http://${host}/`)).toMatchObject({ status: 403 });
    expect(await connect(`${host}:443`)).toMatchObject({ status: 403 });
    expect(questions).toEqual([]);
  });

  it.each(["PUT", "POST", "OPTIONS"])("is refused for %s too", async (method) => {
    const { get, refused } = await openEgress();
    const target = "http://169.254.169.254/latest/api/token";
    expect(await get(target, { method })).toMatchObject({
      status: 403,
      headers: { "x-kasmix-reason": "metadata" },
    });
    expect(refused()).toMatchObject([{ method, host: "169.254.169.254", reason: "metadata" }]);
  });

  it("may be any own address or port of the container, even if its whole network is allowed", async () => {
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
  it("is looked up once, and the connection goes to the judged address", async () => {
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

  it("that changes while it is judged is not looked up again", async () => {
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

  it("is connected to by the first address that answers", async () => {
    const { get } = await openEgress({
      allow: ["127.0.0.0/8"],
      answer: (_name, type) => (type === "A" ? ["127.0.0.3", OPEN].map((data) => ({ type, data })) : []),
    });
    const { port } = await open((_request, response) => response.end("open"));
    expect(await get(`http://name.test:${port}/`)).toMatchObject({ status: 200, body: "open" });
  });

  it("without an address is a bad gateway, and not logged", async () => {
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

const outer = Object.values(networkInterfaces())
  .flatMap((entries) => entries ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4");

it.skipIf(!outer)(
  `it listens on loopback only${outer ? "" : " (not run: this machine has no other address)"}`,
  async () => {
    const { port } = await openEgress();
    const socket = dial({ host: outer?.address, port });
    const [error] = await once(socket, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  },
);

/** 512 idle connections of one program used to cut the browser off. */
it("a crowd of idle connections leaves tunnels alone and does not keep out new ones", async () => {
  const { port, connect } = await openEgress();
  const echo = await openRaw((socket) => void socket.pipe(socket));
  const { socket } = await connect(`${OPEN}:${echo.port}`);
  await openCrowd(600, { host: "127.0.0.1", port });
  expect(await connect(`${OPEN}:${echo.port}`)).toMatchObject({ status: 200 });
  socket.write("still here");
  expect(String((await once(socket, "data"))[0])).toBe("still here");
});

it("closing it ends every connection", async () => {
  const { connect, egress } = await openEgress();
  const { port, sockets } = await openRaw((socket) => void socket.resume());
  const { socket } = await connect(`${OPEN}:${port}`);
  egress.close();
  await once(socket.on("error", () => {}).resume(), "close");
  await eventually(() => expect([...sockets].every(isOver)).toBe(true));
});
