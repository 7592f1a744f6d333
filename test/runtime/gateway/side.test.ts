import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createSockets, type Sockets } from "../../../src/runtime/gateway/sockets.ts";
import type { SideService } from "../../../src/runtime/side/service.ts";
import { eventually } from "../../helpers/eventually.ts";
import { freePort } from "../../helpers/free-port.ts";
import { memoryLog } from "../memory-log.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "./harness.ts";

const FOREIGN = "https://evil.example";
const WRONG = `Basic ${Buffer.from("kasm_user:guess").toString("base64")}`;
const sayHello = { onClient: (client: { send(text: string): void }) => client.send("hello") };

let h: Harness;
let sockets: Sockets;
let received: number;
/** Aborted requests. */
let abandoned: number;

/** A service that uses every option of a service. */
function everything(number = 0): SideService {
  sockets = createSockets({ ...sayHello, log: memoryLog().log });
  [received, abandoned] = [0, 0];
  const say = (response: ServerResponse, text: string) => response.end(text);
  return {
    name: "files",
    facts: () => ({ limit: 5 }),
    routes: [
      { path: "/files/*", needs: "viewer", handle: ({ response, path }) => void say(response, path) },
      { path: "/files/secret", needs: "owner", handle: ({ response }) => void say(response, "secret") },
      {
        path: "/files/new",
        needs: "owner",
        methods: ["POST"],
        async handle({ request, response }) {
          request.once("aborted", () => {
            abandoned += 1;
          });
          for await (const chunk of request) received += chunk.length;
          say(response, String(received));
        },
      },
    ],
    sockets: [
      { path: "/hear", needs: "viewer", upgrade: sockets.upgrade },
      { path: "/speak", needs: "owner", upgrade: sockets.upgrade },
    ],
    ports: [
      {
        number,
        listener: { name: "files", setting: "FILES_PORT", loss: "nobody uploads" },
        routes: [
          {
            path: "/upload",
            needs: "owner",
            methods: ["POST"],
            handle: ({ response }) => void say(response, "ok"),
          },
        ],
        sockets: [{ path: "/", needs: "viewer", upgrade: sockets.upgrade }],
        refuse: (verdict) => ({ status: 403, headers: {}, text: `Denied: ${verdict.outcome}` }),
      },
    ],
    close: sockets.close,
  };
}

async function open(number?: number): Promise<void> {
  h = await openHarness({}, [everything(number)], 1_500);
}

afterEach(() => h.close());

const post = (path: string, headers: Record<string, string>, port?: number) =>
  h.fetch(path, headers, "POST", port);

async function greeting(client: ReturnType<Harness["open"]>): Promise<string> {
  const [data] = await once(client, "message");
  client.close();
  return String(data);
}

describe("addresses of a side service", () => {
  // A disconnect was logged as a fault of the gateway.
  it("may be left by a client in the middle of its request", async () => {
    await open();
    const head = [
      "POST /files/new HTTP/1.1",
      "Host: x",
      `Authorization: ${OWNER}`,
      "Content-Length: 9",
      "",
      "",
    ];
    const socket = tlsConnect({ port: h.port, rejectUnauthorized: false }, () =>
      socket.write(`${head.join("\r\n")}part`),
    ).on("error", () => {});
    await eventually(() => expect(received).toBe(4));
    socket.destroy();
    await eventually(() => expect(abandoned).toBe(1));
    await h.fetch("/files/a");
    expect(h.events("gateway.fault")).toEqual([]);
  });

  it("match the longest entry and need a password like all others", async () => {
    await open();
    expect((await h.fetch("/files/a/b%20c")).body.toString()).toBe("/files/a/b c");
    expect((await h.fetch("/files/secret")).body.toString()).toBe("secret");
    expect(await h.fetch("/files")).toMatchObject({ status: 404 });
    expect(await h.fetch("/files/a", {})).toMatchObject({ status: 401 });
    expect(await h.fetch("/files/a", { authorization: WRONG })).toMatchObject({ status: 401 });
  });

  it("for the owner refuse viewers", async () => {
    await open();
    expect(await h.fetch("/files/secret", { authorization: VIEWER })).toMatchObject({ status: 403 });
    expect(await h.fetch("/files/a", { authorization: VIEWER })).toMatchObject({ status: 200 });
    expect(await refused(h.open({ authorization: VIEWER }, "/speak"))).toBe(403);
    expect(await greeting(h.open({ authorization: VIEWER }, "/hear"))).toBe("hello");
    expect(await greeting(h.open({ authorization: OWNER }, "/speak"))).toBe("hello");
  });

  it("accept the methods that they list, and changes only from the gateway's own pages", async () => {
    await open();
    const { status, headers } = await h.fetch("/files/new");
    expect([status, headers.allow]).toEqual([405, "POST"]);
    expect(await post("/files/a", { authorization: OWNER })).toMatchObject({ status: 405 });
    expect(await post("/files/new", { authorization: OWNER, origin: FOREIGN })).toMatchObject({
      status: 403,
    });
    const own = { authorization: OWNER, origin: `https://127.0.0.1:${h.port}` };
    expect(await post("/files/new", own)).toMatchObject({ status: 200 });
    for (const foreign of [
      { origin: own.origin.replace("https", "http") },
      { "sec-fetch-site": "cross-site" },
    ])
      expect(await post("/files/new", { ...own, ...foreign })).toMatchObject({ status: 403 });
  });

  it("of WebSockets refuse like the desktop's", async () => {
    await open();
    expect(await refused(h.open({}, "/hear"))).toBe(401);
    expect(await refused(h.open({ authorization: OWNER, origin: FOREIGN }, "/hear"))).toBe(403);
    expect(await refused(h.open({ authorization: OWNER }, "/nothing"))).toBe(404);
  });
});

describe("bodies", () => {
  const head = (path: string, authorization = OWNER) =>
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${authorization}\r\nContent-Length: 1000000\r\n\r\n`;

  function send(bytes: string) {
    const socket = tlsConnect({ port: h.port, rejectUnauthorized: false });
    let answer = "";
    socket.on("error", () => {});
    // At once: what a test sends during a long handshake must not overtake the head.
    socket.write(bytes);
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    return { socket, answer: () => answer, closed: new Promise((resolve) => socket.on("close", resolve)) };
  }

  // A limit for whole requests, twice the time for headers, cut off every upload that took longer.
  it("may take longer than the limit for other requests", async () => {
    await open();
    let upload = send(head("/files/new"));
    const drip = setInterval(() => {
      // On a busy machine the handshake may take longer than the patience.
      if (upload.socket.destroyed && received === 0) upload = send(head("/files/new"));
      upload.socket.write(Buffer.alloc(1_000));
    }, 100);
    await eventually(() => expect(received).toBeGreaterThan(35_000));
    clearInterval(drip);
    const { socket, answer } = upload;
    socket.write(Buffer.alloc(1_000_000 - received));
    await eventually(() => expect(answer()).toContain("200 OK"));
    socket.destroy();
  });

  it.each([
    ["without a password", "/files/new", "Basic AAAA", "401"],
    ["to an address without a body", "/", OWNER, "405"],
  ])("that are sent %s are answered at once and not read", async (_, path, authorization, status) => {
    await open();
    const { socket, answer, closed } = send(head(path, authorization));
    socket.on("error", () => {});
    await eventually(() => expect(answer()).toContain(`HTTP/1.1 ${status} `));
    const drip = setInterval(() => socket.write("x"), 100);
    await closed;
    clearInterval(drip);
  });
});

describe("the list of services", () => {
  const told = async (authorization: string) =>
    JSON.parse((await h.fetch("/api/services", { authorization })).body.toString());

  it("has their facts, and for viewers only those that they may use", async () => {
    const nothing = { close() {} };
    h = await openHarness({}, [
      everything(),
      { ...nothing, name: "hidden" },
      { ...nothing, name: "fact", seenBy: "owner" },
      { ...nothing, name: "microphone", sockets: [{ path: "/m", needs: "owner", upgrade: sockets.upgrade }] },
    ]);
    expect(await told(OWNER)).toEqual({ fact: {}, files: { limit: 5 }, microphone: {} });
    expect(await told(VIEWER)).toEqual({ files: { limit: 5 } });
    expect(await h.fetch("/api/services", {})).toMatchObject({ status: 401 });
  });

  it("comes with the visitor's role", async () => {
    await open();
    const role = async (authorization: string) =>
      (await h.fetch("/api/services", { authorization })).headers["kasmix-role"];
    expect([await role(OWNER), await role(VIEWER)]).toEqual(["owner", "viewer"]);
  });
});

describe("a side service's own port", () => {
  it("refuses in its own words, and throttles guessing on all ports", async () => {
    await open();
    const port = await h.sidePort("files");
    expect(await post("/upload", { authorization: OWNER }, port)).toMatchObject({ status: 200 });
    expect(await refused(h.open({}, "/", port))).toBe(403);
    for (let count = 0; count < 5; count += 1) {
      const { status, body } = await post("/upload", { authorization: WRONG }, port);
      expect([status, body.toString()]).toEqual([403, "Denied: wrong"]);
    }
    expect(await h.fetch("/")).toMatchObject({ status: 429 });
    expect(await post("/upload", { authorization: OWNER }, port)).toMatchObject({ status: 403 });
  });

  it("admits pages of any port of the host, but neither sets nor accepts cookies", async () => {
    await open();
    const port = await h.sidePort("files");
    const page = `https://127.0.0.1:${h.port}`;
    expect(await greeting(h.open({ authorization: OWNER, origin: page }, "/", port))).toBe("hello");
    for (const origin of [FOREIGN, page.replace("https", "http")])
      expect(await refused(h.open({ authorization: OWNER, origin }, "/", port))).toBe(403);
    const cookie = await h.session();
    expect(await h.fetch("/files/a", { cookie })).toMatchObject({ status: 200 });
    expect(await refused(h.open({ cookie }, "/", port))).toBe(403);
    const answer = await post("/upload", { authorization: OWNER, accept: "text/html" }, port);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("serves only its own addresses, and redirects plain HTTP to https", async () => {
    await open();
    const port = await h.sidePort("files");
    for (const path of ["/", "/statez", "/files/a", "/api/services"])
      expect(await h.fetch(path, { authorization: OWNER }, "GET", port)).toMatchObject({ status: 404 });
    const plain = await fetch(`http://127.0.0.1:${port}/upload`, { redirect: "manual" });
    expect(plain.status).toBe(308);
  });

  it("is retried while it is in use, and closed at the end", async () => {
    const port = await freePort();
    const squatter = createServer().listen(port);
    await once(squatter, "listening");
    await open(port);
    await eventually(() => expect(h.events("files.port")).toMatchObject([{ port, code: "EADDRINUSE" }]));
    squatter.close();
    const client = await eventually(async () => {
      const candidate = h.open({ authorization: OWNER }, "/", port);
      await once(candidate, "open");
      return candidate;
    });
    h.gateway.close();
    expect(await closed(client)).toBe(1001);
    await expect(h.fetch("/", {}, "GET", port)).rejects.toThrow("ECONNREFUSED");
  });
});
