import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect as netConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Harness, OWNER, openHarness, refused, VIEWER } from "./harness.ts";

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

describe("health", () => {
  it("needs no password and is right from the start", async () => {
    const { status, headers, body } = await h.fetch("/healthz", {});
    expect([status, headers["content-type"]]).toEqual([200, "application/json"]);
    expect(JSON.parse(body.toString())).toEqual({ status: "ok", lag: expect.any(Number) });
    expect(await h.fetch("/readyz", {})).toMatchObject({ status: 503, body: Buffer.from("starting") });
    h.report = { ...h.report, ready: true };
    expect(await h.fetch("/readyz", {})).toMatchObject({ status: 200, body: Buffer.from("ready") });
    expect(h.asked).toEqual([undefined, undefined]);
  });

  it("is the same over plain HTTP", async () => {
    const response = await fetch(`http://127.0.0.1:${h.port}/healthz`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: "ok", lag: expect.any(Number) },
    ]);
  });

  it("is 503 while the event loop lags more than a second", async () => {
    const block = () =>
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100));
    subscribe("http.server.request.start", block);
    onTestFinished(() => void unsubscribe("http.server.request.start", block));
    const { status, body } = await h.fetch("/healthz", {});
    expect(status).toBe(503);
    const { lag, ...rest } = JSON.parse(body.toString());
    expect([rest, lag > 1_000]).toEqual([{ status: "lagging" }, true]);
  });

  it("does not count as a failed sign-in", async () => {
    for (let count = 0; count < 10; count += 1) await h.fetch("/healthz", {});
    expect(await h.fetch("/")).toMatchObject({ status: 200 });
  });
});

describe("passwords", () => {
  it("are required everywhere else, even where nothing exists", async () => {
    for (const path of ["/", "/index.html", "/statez", "/metrics", "/nothing"]) {
      const { status, headers } = await h.fetch(path, {});
      expect([status, headers["www-authenticate"]]).toEqual([401, 'Basic realm="Kasmix", charset="UTF-8"']);
    }
  });

  it("are not asked for in a dialog when the page itself makes the request", async () => {
    const { status, headers } = await h.fetch("/", { "sec-fetch-dest": "empty" });
    expect([status, headers["www-authenticate"]]).toEqual([401, undefined]);
  });

  it("cause a pause with Retry-After when they are wrong", async () => {
    const authorization = `Basic ${Buffer.from("kasm_user:guess").toString("base64")}`;
    for (let count = 0; count < 5; count += 1)
      expect(await h.fetch("/", { authorization })).toMatchObject({ status: 401 });
    const { status, headers } = await h.fetch("/");
    expect([status, headers["retry-after"]]).toEqual([429, "1"]);
    expect(await refused(h.open())).toBe(429);
    expect(await h.fetch("/healthz", {})).toMatchObject({ status: 200 });
  });

  it("give a cookie that opens the WebSocket", async () => {
    const cookie = await h.session();
    const client = h.open({ cookie });
    await once(client, "open");
    client.close();
  });

  it("of viewers do not open state and metrics", async () => {
    for (const path of ["/statez", "/metrics"]) {
      expect(await h.fetch(path, { authorization: VIEWER })).toMatchObject({ status: 403 });
    }
    expect(h.asked).toEqual([]);
  });
});

describe("the state", () => {
  it("is the report with memory, as JSON that is not cached", async () => {
    const { status, headers, body } = await h.fetch("/statez");
    expect([status, JSON.parse(body.toString())]).toEqual([200, h.report]);
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    expect(h.asked).toEqual([{ memory: true }]);
  });
});

describe("files", () => {
  it("are served with their type and strict headers", async () => {
    const { headers, body } = await h.fetch("/");
    expect(body.toString()).toContain("desktop");
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "private, no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(headers["content-security-policy"]).toContain(`connect-src 'self' wss://127.0.0.1:${h.port};`);
    expect(headers["content-security-policy"]).not.toMatch(/'unsafe-/);
  });

  it("are not sent again when the browser has them, and are cached for ever when their name has a hash", async () => {
    const { headers } = await h.fetch("/main-0A1B2C3D.js");
    expect(headers["cache-control"]).toContain("immutable");
    const again = await h.fetch("/main-0A1B2C3D.js", {
      authorization: OWNER,
      "if-none-match": headers.etag ?? "",
    });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it.each(["br", "gzip"])("are compressed by %s", async (encoding) => {
    const { headers, body } = await h.fetch("/", { authorization: OWNER, "accept-encoding": encoding });
    expect(headers["content-encoding"]).toBe(encoding);
    expect(body.length).toBeLessThan(500);
  });

  it("are described by HEAD without content", async () => {
    const { status, headers, body } = await h.fetch("/", { authorization: OWNER }, "HEAD");
    expect([status, body.length]).toEqual([200, 0]);
    expect(Number(headers["content-length"])).toBeGreaterThan(1000);
  });

  it.each([
    ["/../../etc/passwd", 404],
    ["/..%2f..%2fetc/passwd", 404],
    ["/%2e%2e/%2e%2e/etc/passwd", 404],
    ["//etc/passwd", 404],
    ["/.vnc/kasmix.pem/../../x", 404],
    ["/%", 400],
    ["/a%00b", 400],
    [`/?${"a".repeat(13_000)}`, 414],
  ])("outside the client are not served: %.40s", async (path, status) => {
    expect(await h.fetch(path)).toMatchObject({ status });
  });

  it("refuse other methods", async () => {
    const { status, headers } = await h.fetch("/", { authorization: OWNER }, "POST");
    expect([status, headers.allow]).toEqual([405, "GET, HEAD"]);
  });
});

describe("connections", () => {
  it("over plain HTTP are redirected to https", async () => {
    const response = await fetch(`http://127.0.0.1:${h.port}/vnc.html?x=1`, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([
      308,
      `https://127.0.0.1:${h.port}/vnc.html?x=1`,
    ]);
  });

  it("are TLS 1.2 or newer with a key on P-256", async () => {
    const protocols = await new Promise<unknown[]>((resolve) => {
      const socket = tlsConnect({ port: h.port, rejectUnauthorized: false }, () => {
        const { asn1Curve, subjectaltname } = socket.getPeerCertificate();
        resolve([socket.getProtocol(), asn1Curve, subjectaltname?.includes("DNS:localhost")]);
        socket.destroy();
      });
    });
    expect(protocols).toEqual(["TLSv1.3", "prime256v1", true]);
    const old = tlsConnect({
      port: h.port,
      rejectUnauthorized: false,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
      ciphers: "ALL:@SECLEVEL=0",
    });
    await expect(once(old, "secureConnect")).rejects.toThrow();
  });

  it.each([
    ["nonsense", "NONSENSE\r\n\r\n", "400"],
    ["a header without end", `GET / HTTP/1.1\r\nX: ${"a".repeat(20_000)}`, "431"],
    ["an absolute address", "GET http://evil/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400"],
    ["two lengths", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"],
  ])("that send %s are refused and do no harm", async (_, bytes, status) => {
    expect(await h.raw(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await h.fetch("/healthz", {})).toMatchObject({ status: 200 });
  });

  it("that never finish their headers are closed", async () => {
    h.close();
    h = await openHarness({}, [], 500);
    expect(await h.raw("GET / HTTP/1.1\r\nHost: x\r\n")).toMatch(/^(HTTP\/1.1 408 |$)/);
  });

  it("may be reset at any time", async () => {
    for (let count = 0; count < 20; count += 1) {
      const socket = netConnect({ port: h.port }, () => socket.resetAndDestroy());
      socket.on("error", () => {});
      await once(socket, "close");
    }
    expect(await h.fetch("/healthz", {})).toMatchObject({ status: 200 });
  });
});
