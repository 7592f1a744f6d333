import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { trustedProxies } from "../../../src/runtime/gateway/client-address.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";
import { openCrowd } from "../../helpers/crowd.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";
import { BEARER, openLauncher, type TestedLauncher, TOKEN } from "./harness.ts";

const PUBLIC = "http://93.184.215.14/";

async function launcher(options: TestedLauncher = {}) {
  const opened = await openLauncher(options);
  onTestFinished(() => opened.launcher.close());
  return opened;
}

describe("health", () => {
  it("is answered without a token and not logged", async () => {
    const { ask, audited } = await launcher();
    expect(await ask("GET", "/healthz")).toMatchObject({
      status: 200,
      body: '{"ok":true}',
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
    expect(audited()).toEqual([]);
  });
});

/** 64 idle connections without a token used to keep everybody else out. */
it("a crowd of idle connections keeps out neither probes nor who has the token", async () => {
  const { port, ask, events, post } = await launcher();
  await openCrowd(100, { host: "127.0.0.1", port });
  expect(await ask("GET", "/healthz")).toMatchObject({ status: 200 });
  expect(await post({ url: "http://10.0.0.1/" })).toMatchObject({ status: 400 });
  expect(events("launcher.crowded")).toMatchObject([{ address: "127.0.0.1", closed: 1 }]);
});

describe("another address", () => {
  it.each([
    ["GET", "/"],
    ["GET", "/open"],
    ["GET", "/healthz/"],
    ["GET", "/healthz?x"],
    ["HEAD", "/healthz"],
    ["OPTIONS", "/open"],
    ["PUT", "/open"],
    ["POST", "/"],
    ["POST", "/healthz"],
    ["POST", "/open/"],
    ["POST", "/open?url=x"],
    ["POST", "//open"],
    ["POST", "/json/list"],
  ])("%s %s is not found, with and without a token", async (method, path) => {
    const { ask, audited } = await launcher();
    for (const headers of [{}, { authorization: BEARER }]) {
      const { status, body } = await ask(method, path, headers, method === "POST" ? "{}" : undefined);
      expect([status, body]).toEqual([404, method === "HEAD" ? "" : '{"error":"not found"}']);
    }
    const line = { who: "127.0.0.1", method, path: path.split("?")[0], status: 404, reason: "not-found" };
    expect(audited()).toMatchObject([line, line]);
  });
});

describe("the token", () => {
  it.each([
    ["none", {}],
    ["another", { authorization: "Bearer wrong" }],
    ["one that is longer", { authorization: `${BEARER}r` }],
    ["one that is shorter", { authorization: BEARER.slice(0, -1) }],
    ["the right one as a password", { authorization: `Basic ${btoa(`kasm_user:${TOKEN}`)}` }],
    ["the right one without a scheme", { authorization: TOKEN }],
    ["nothing after the scheme", { authorization: "Bearer " }],
  ])("%s is not enough", async (_title, headers: Record<string, string>) => {
    const { post, audited } = await launcher();
    expect(await post({ url: PUBLIC }, headers)).toMatchObject({
      status: 401,
      body: '{"error":"unauthorized"}',
      headers: { "www-authenticate": "Bearer" },
    });
    expect(audited()).toMatchObject([{ verdict: "refused", reason: "unauthorized", status: 401 }]);
    expect(JSON.stringify(audited())).not.toContain(TOKEN);
  });

  it.each(["bearer", "BEARER", "bEaReR  "])("is accepted after %j", async (word) => {
    const { post } = await launcher();
    expect(await post({ url: PUBLIC }, { authorization: `${word} ${TOKEN}` })).toMatchObject({ status: 503 });
  });

  it("may have letters of any language", async () => {
    const { post } = await launcher({ token: "пароль" });
    const authorization = `Bearer ${Buffer.from("пароль").toString("latin1")}`;
    expect(await post({ url: PUBLIC }, { authorization })).toMatchObject({ status: 503 });
  });

  it("is checked before the body", async () => {
    const { post } = await launcher();
    for (const body of ["", "x".repeat(5000), "{", '{"url":"http://127.0.0.1/"}'])
      expect(await post(body, {})).toMatchObject({ status: 401 });
  });

  it("causes a pause when it is wrong five times", async () => {
    let clock = 0;
    const { post, audited } = await launcher({ now: () => clock });
    for (let count = 0; count < 5; count += 1)
      expect(await post({ url: PUBLIC }, { authorization: "Bearer wrong" })).toMatchObject({ status: 401 });
    expect(await post({ url: PUBLIC })).toMatchObject({
      status: 429,
      body: '{"error":"too many failed attempts"}',
      headers: { "retry-after": "1" },
    });
    expect(audited().at(-1)).toMatchObject({ reason: "throttled", status: 429 });
    clock += 1_000;
    expect(await post({ url: PUBLIC })).toMatchObject({ status: 503 });
  });

  it("shares pauses with the gateway, but wrong passwords of users do not keep the right token out", async () => {
    const throttle = createThrottle({ now: () => 0 });
    const { post } = await launcher({ throttle });
    for (let count = 0; count < 5; count += 1)
      throttle.attempt({ address: "127.0.0.1", account: "user kasm_user", right: false });
    expect(await post({ url: PUBLIC }, { authorization: "Bearer wrong" })).toMatchObject({ status: 429 });
    expect(await post({ url: PUBLIC })).toMatchObject({ status: 503 });
  });

  it("pauses and logs the address that a trusted proxy names", async () => {
    const environment = { KASMIX_TRUSTED_PROXIES: "127.0.0.1" };
    const proxies = trustedProxies(environment, memoryLog().log);
    const { post, audited } = await launcher({ proxies, now: () => 0 });
    const from = (address: string) => ({ "x-forwarded-for": `203.0.113.1, ${address}` });
    for (let count = 0; count < 5; count += 1)
      await post({ url: PUBLIC }, { authorization: "Bearer wrong", ...from("198.51.100.1") });
    const right = { authorization: BEARER };
    expect(await post({ url: PUBLIC }, { ...right, ...from("198.51.100.1") })).toMatchObject({ status: 429 });
    expect(await post({ url: PUBLIC }, { ...right, ...from("198.51.100.2") })).toMatchObject({ status: 503 });
    expect(audited().at(-1)).toMatchObject({ who: "198.51.100.2" });
  });
});

describe("the body", () => {
  const refusals: [string, string, string][] = [
    ["empty", "", "invalid body length"],
    ["too long", JSON.stringify({ url: PUBLIC, more: "x".repeat(4096) }), "invalid body length"],
    ["not JSON", "{", "invalid json"],
    ["a list", '["http://example.com"]', "invalid json"],
    ["null", "null", "invalid json"],
    ["a string", '"http://example.com"', "invalid json"],
    ["without a URL", "{}", "url rejected by policy"],
    ["with a number for a URL", '{"url":1}', "url rejected by policy"],
    [
      "with two URLs, of which the last counts",
      `{"url":"${PUBLIC}","url":"file:///"}`,
      "url rejected by policy",
    ],
  ];

  it.each(refusals)("that is %s", async (_title, text, error) => {
    const { post, audited } = await launcher();
    expect(await post(text)).toMatchObject({ status: 400, body: JSON.stringify({ error }) });
    expect(audited()).toHaveLength(1);
  });

  it("of 4096 bytes is read", async () => {
    const { post } = await launcher();
    const body = JSON.stringify({ url: PUBLIC, more: "" });
    const longest = body.replace('""', `"${"x".repeat(4096 - body.length)}"`);
    expect(await post(longest)).toMatchObject({ status: 503 });
  });

  const head = `POST /open HTTP/1.1\r\nHost: x\r\nAuthorization: ${BEARER}\r\n`;

  it.each([
    ["without a length", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
    ["of length 0", "Content-Length: 0\r\nConnection: close\r\n\r\n"],
    ["whose length is not a number", "Content-Length: many\r\n\r\n"],
    ["whose length is negative", "Content-Length: -1\r\n\r\n"],
    ["with a huge length", "Content-Length: 99999999\r\n\r\n{}"],
    ["with two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
  ])("%s is refused", async (_title, rest) => {
    const { raw } = await launcher();
    const answer = await raw(head + rest);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/\{"error":"(invalid body length|bad request)"\}$/);
  });

  it("that is not UTF-8 is refused as invalid JSON", async () => {
    const { raw } = await launcher();
    const answer = await raw(`${head}Connection: close\r\nContent-Length: 11\r\n\r\n{"url":"\xff"}`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*\{"error":"invalid json"\}$/);
  });

  it("that is aborted is logged", async () => {
    const { port, audited } = await launcher();
    const socket = connect({ host: "127.0.0.1", port });
    socket.write(`${head}Content-Length: 20\r\n\r\n{"url"`, () => socket.destroy());
    await once(socket, "close");
    await eventually(() => expect(audited()).toMatchObject([{ reason: "aborted", verdict: "refused" }]));
  });

  it("may come in several requests on one connection", async () => {
    const { raw } = await launcher();
    const body = '{"url":"file:///"}';
    const one = `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await raw(`${one}${one}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 400", "HTTP/1.1 200"]);
  });
});

describe("the policy", () => {
  it("refuses with the same body, and the reason in a header", async () => {
    const { post, audited } = await launcher();
    expect(await post({ url: "http://0x7f.1/" })).toMatchObject({
      status: 400,
      body: '{"error":"url rejected by policy"}',
      headers: { "x-kasmix-reason": "loopback" },
    });
    expect(audited()).toEqual([
      {
        event: "launcher.request",
        who: "127.0.0.1",
        method: "POST",
        path: "/open",
        url: "http://127.0.0.1/",
        verdict: "refused",
        status: 400,
        reason: "loopback",
        message: expect.stringContaining("127.0.0.1 is this container"),
      },
    ]);
  });

  it.each([
    ["http://user:secret@example.com/x", "http://example.com/x"],
    ["http:user:secret@example.com/x", "http://example.com/x"],
    ["http://user:secret@example.com:99999/x", "http://example.com:99999/x"],
    ["ftp://user:secret@example.com/", "ftp://example.com/"],
    ["view-source:http://user:secret@example.com/", "view-source:http://example.com/"],
    [`http://127.0.0.1/${"x".repeat(4000)}`, `http://127.0.0.1/${"x".repeat(2048 - 17)}`],
  ])("logs %.40s without its user, and shortened", async (url, logged) => {
    const { post, audited } = await launcher();
    expect(await post({ url })).toMatchObject({ status: 400 });
    expect(audited()).toMatchObject([{ url: logged }]);
  });
});

describe("requests with the right token", () => {
  it("may be ten at once, then one per second", async () => {
    let clock = 0;
    const { post, audited } = await launcher({ now: () => clock });
    for (let count = 0; count < 10; count += 1)
      expect(await post({ url: "file:///" })).toMatchObject({ status: 400 });
    expect(await post({ url: "file:///" })).toMatchObject({
      status: 429,
      body: '{"error":"too many requests"}',
      headers: { "retry-after": "1" },
    });
    expect(audited()).toHaveLength(11);
    clock += 1_000;
    expect(await post({ url: "file:///" })).toMatchObject({ status: 400 });
    expect(await post({ url: "file:///" })).toMatchObject({ status: 429 });
  });
});

it("an internal error is answered and logged", async () => {
  const policy = {
    judgeUrl: () => Promise.reject(new Error("out of order")),
    judgeHost: () => Promise.reject(new Error("out of order")),
  };
  const { post, audited } = await launcher({ policy });
  expect(await post({ url: PUBLIC })).toMatchObject({ status: 500, body: '{"error":"internal error"}' });
  expect(audited()).toMatchObject([
    { verdict: "refused", reason: "fault", message: expect.stringContaining("out of order") },
  ]);
});
