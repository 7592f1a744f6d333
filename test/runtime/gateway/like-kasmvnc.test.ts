import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Harness, OWNER, openHarness } from "./harness.ts";

/** Behaviour of KasmVNC's server that ours matches or improves: docs/operate/kasm-api.md compares them. */

let h: Harness;

beforeEach(async () => {
  h = await openHarness();
});

afterEach(() => h.close());

const owner = { authorization: OWNER };
const wrong = { authorization: `Basic ${Buffer.from("kasm_user:guess").toString("base64")}` };

describe("the throttle", () => {
  it("uses the connection's address and ignores X-Forwarded-For, which anybody can send", async () => {
    for (let host = 0; host < 5; host += 1)
      expect((await h.fetch("/", { ...wrong, "x-forwarded-for": `192.0.2.${host}` })).status).toBe(401);
    expect((await h.fetch("/", { ...owner, "x-forwarded-for": "198.51.100.1" })).status).toBe(429);
  });

  it("does not count requests without credentials, such as probes", async () => {
    for (let probe = 0; probe < 20; probe += 1) expect((await h.fetch("/", {})).status).toBe(401);
    expect((await h.fetch("/", owner)).status).toBe(200);
  });

  it.each(["Basic", "Basic !!!", "Bearer token", `Basic ${"A".repeat(300)}`])(
    "counts invalid credentials: %s",
    async (authorization) => {
      for (let attempt = 0; attempt < 5; attempt += 1)
        expect((await h.fetch("/", { authorization })).status).toBe(401);
      expect((await h.fetch("/", { authorization })).status).toBe(429);
      // No user has made a mistake.
      expect((await h.fetch("/", owner)).status).toBe(200);
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
  ])("that do not exist are refused: %s", async (path, status) => {
    expect((await h.fetch(path, owner)).status).toBe(status);
  });

  it("accept at most 16 KiB of headers", async () => {
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
    client.send(Buffer.from("RFB"));
    expect(String((await once(client, "message"))[0])).toBe("RFB");
  });
});
