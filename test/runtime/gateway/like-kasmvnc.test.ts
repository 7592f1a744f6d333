import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Harness, OWNER, openHarness } from "./harness.ts";

/** What KasmVNC's server is known for, where ours does the same or better: docs/operate/kasm-api.md has them side by side. */

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

const owner = { authorization: OWNER };
const wrong = { authorization: `Basic ${Buffer.from("kasm_user:guess").toString("base64")}` };

describe("the throttle", () => {
  it("goes by the connection's address: X-Forwarded-For, which anybody can send, neither helps nor harms", async () => {
    for (let host = 0; host < 5; host += 1)
      expect((await h.fetch("/", { ...wrong, "x-forwarded-for": `192.0.2.${host}` })).status).toBe(401);
    expect((await h.fetch("/", { ...owner, "x-forwarded-for": "198.51.100.1" })).status).toBe(429);
  });

  it("does not count who sends no credentials, as probes do", async () => {
    for (let probe = 0; probe < 20; probe += 1) expect((await h.fetch("/", {})).status).toBe(401);
    expect((await h.fetch("/", owner)).status).toBe(200);
  });

  it.each(["Basic", "Basic !!!", "Bearer token", `Basic ${"A".repeat(300)}`])(
    "counts credentials that are none: %s",
    async (authorization) => {
      for (let attempt = 0; attempt < 5; attempt += 1)
        expect((await h.fetch("/", { authorization })).status).toBe(401);
      expect((await h.fetch("/", owner)).status).toBe(429);
    },
  );
});

describe("addresses", () => {
  it.each([
    ["/../etc/passwd", 404],
    ["/api/../statez", 404],
    ["/api/%2e%2e/statez", 404],
    ["/..%2f..%2fetc/passwd", 404],
    [`/${"x".repeat(1024)}`, 404],
    [`/${"x".repeat(3 * 4096)}`, 414],
    ["/%00", 400],
  ])("that lead nowhere are refused: %s", async (path, status) => {
    expect((await h.fetch(path, owner)).status).toBe(status);
  });

  it("are asked for with 16 KiB of headers at most", async () => {
    expect((await h.fetch("/", { ...owner, filler: "x".repeat(15 * 1024) })).status).toBe(200);
    expect((await h.fetch("/", { ...owner, filler: "x".repeat(16 * 1024) })).status).toBe(431);
  });
});

describe("the desktop's WebSocket", () => {
  it.each([
    ["neither origin nor subprotocol", []],
    ["a subprotocol", ["binary"]],
  ])("opens for a program that sends %s", async (_, protocols) => {
    const client = new WebSocket(`wss://127.0.0.1:${h.port}/websockify`, protocols, {
      headers: owner,
      rejectUnauthorized: false,
    });
    await once(client, "open");
    expect(client.protocol).toBe(protocols[0] ?? "");
    client.send("RFB");
    expect(String((await once(client, "message"))[0])).toBe("RFB");
  });
});
