import { describe, expect, it } from "vitest";
import { endToEnd } from "../../../../src/runtime/launcher/egress/headers.ts";
import { createRefusalLog } from "../../../../src/runtime/launcher/egress/refusal.ts";
import { readAbsolute, readAuthority } from "../../../../src/runtime/launcher/egress/target.ts";
import { memoryLog } from "../../memory-log.ts";

describe("the target of a request", () => {
  it.each([
    ["http://example.com", { host: "example.com", port: 80, authority: "example.com", path: "/" }],
    ["HTTP://EXAMPLE.com:80/x?y", { host: "example.com", port: 80, authority: "example.com", path: "/x?y" }],
    ["http://0x7f.1:81/x", { host: "127.0.0.1", port: 81, authority: "127.0.0.1:81", path: "/x" }],
    ["http://[::1]/#x", { host: "[::1]", port: 80, authority: "[::1]", path: "/" }],
    [`http://example.com/${"x".repeat(9000)}`, { host: "example.com" }],
    ["/", undefined],
    ["*", undefined],
    ["", undefined],
    ["example.com", undefined],
    ["https://example.com/", undefined],
    ["ws://example.com/", undefined],
    ["ftp://example.com/", undefined],
    ["http:example.com", undefined],
    ["http:///example.com", { host: "example.com" }],
    ["http://user:secret@example.com/", undefined],
    ["http://example.com\\@127.0.0.1/", undefined],
    ["http://example.com:99999/", undefined],
  ])("%.40s", (target, expected) => {
    const read = readAbsolute(target);
    if (expected === undefined) expect(read).toBeUndefined();
    else expect(read).toMatchObject(expected);
  });

  it.each([
    ["example.com:443", { host: "example.com", port: 443 }],
    ["EXAMPLE.com:80", { host: "example.com", port: 80 }],
    ["127.1:443", { host: "127.0.0.1", port: 443 }],
    ["2130706433:0443", { host: "127.0.0.1", port: 443 }],
    ["①②⑦.1:443", { host: "127.0.0.1", port: 443 }],
    ["[::FFFF:127.0.0.1]:443", { host: "[::ffff:7f00:1]", port: 443 }],
    ["example.com", undefined],
    ["example.com:", undefined],
    ["example.com:65536", undefined],
    ["example.com:http", undefined],
    [":443", undefined],
    ["::1:443", undefined],
    ["[::1%25lo]:443", undefined],
    ["user@example.com:443", undefined],
    ["example.com:443/x", undefined],
    ["http://example.com:443", undefined],
    ["example.com\\x:443", undefined],
    ["", undefined],
  ])("of CONNECT, %s", (target, expected) => expect(readAuthority(target)).toEqual(expected));
});

it("headers are forwarded except hop-by-hop ones", () => {
  const given = {
    Accept: "a",
    accept: "b",
    Connection: "keep-alive, X-Private",
    "x-private": "1",
    "Keep-Alive": "timeout=5",
    "Proxy-Connection": "keep-alive",
    "Proxy-Authorization": "Basic eA==",
    TE: "trailers",
    Trailer: "x",
    "Transfer-Encoding": "chunked",
    Upgrade: "websocket",
    Host: "other.example",
    Cookie: "a=b",
  };
  expect(endToEnd(Object.entries(given).flat(), ["host"])).toEqual([
    "Accept",
    "a",
    "accept",
    "b",
    "Cookie",
    "a=b",
  ]);
});

it("refusals beyond 20 are counted, and the next line has the count", () => {
  let clock = 0;
  const { log, events } = memoryLog();
  const refused = createRefusalLog(log, () => clock);
  const target = { host: "10.0.0.1", port: 80 };
  const verdict = { verdict: "refused", reason: "private", message: "It is private." } as const;
  for (let count = 0; count < 50; count += 1) refused({ method: "GET" }, target, verdict);
  expect(events("egress.refused")).toHaveLength(20);
  clock += 200;
  refused({ method: "GET" }, target, verdict);
  refused({ method: "GET" }, target, verdict);
  expect(events("egress.refused")).toHaveLength(21);
  expect(events("egress.refused").at(-1)).toEqual({
    event: "egress.refused",
    method: "GET",
    ...target,
    reason: "private",
    message: "It is private.",
    leftOut: 30,
  });
});
