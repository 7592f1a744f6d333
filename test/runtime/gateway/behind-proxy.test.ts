import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { chromium } from "playwright-core";
import { afterEach, describe, expect, it, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createSockets } from "../../../src/runtime/gateway/sockets.ts";
import { HEADLESS } from "../../helpers/chromium.ts";
import { eventually } from "../../helpers/eventually.ts";
import { goTo } from "../../helpers/go-to.ts";
import { signIn } from "../../helpers/sign-in.ts";
import { memoryLog } from "../memory-log.ts";
import { type Harness, OWNER, openHarness, refused } from "./harness.ts";

let h: Harness;

afterEach(() => h.close());

/** What a proxy that has ended TLS sends, and what the gateway answers by plain HTTP. */
function plain(path: string, headers: Record<string, string> = {}, method = "GET", port = h.port) {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>(
    (resolve, reject) => {
      const sent = { host: "desk.example", authorization: OWNER, ...headers };
      request({ host: "127.0.0.1", port, path, method, headers: sent, agent: false }, async (response) => {
        let body = "";
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode, headers: response.headers, body });
      })
        .on("error", reject)
        .end();
    },
  );
}

const open = (
  path: string,
  headers: Record<string, string>,
  port = h.port,
  secret: Record<string, string> = { authorization: OWNER },
) =>
  new WebSocket(`ws://127.0.0.1:${port}${path}`, "binary", {
    headers: { host: "desk.example", ...secret, ...headers },
  });

const sockets = createSockets({ log: memoryLog().log, onClient: (client) => client.send("hello") });
const listener = { name: "sound", setting: "KASMIX_AUDIO_PORT", loss: "no sound" };
const sound = {
  name: "sound",
  ports: [
    { number: 0, listener, sockets: [{ path: "/", needs: "viewer" as const, upgrade: sockets.upgrade }] },
  ],
  close: sockets.close,
};

describe("with KASMIX_TLS=0", () => {
  const start = async (more: NodeJS.ProcessEnv = {}) => {
    h = await openHarness({ KASMIX_TLS: "0", ...more }, [sound]);
  };

  // A proxy that ends TLS got a redirect to https for every request, for ever.
  it("page, files and readiness are answered by plain HTTP, with a cookie for the browser's https", async () => {
    await start();
    const { status, headers, body } = await plain("/", { accept: "text/html" });
    expect([status, body.includes("desktop")]).toEqual([200, true]);
    expect(String(headers["set-cookie"])).toMatch(
      /^__Host-kasmix-\w+=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(headers["content-security-policy"]).toContain(
      "connect-src 'self' wss://desk.example ws://desk.example;",
    );
    expect(await plain("/main-0A1B2C3D.js")).toMatchObject({ status: 200 });
    expect(await plain("/readyz", { authorization: "" })).toMatchObject({ status: 503, body: "starting" });
    expect(await plain("/", { authorization: "Basic AAAA" })).toMatchObject({ status: 401 });
  });

  it("TLS still is, on the same port, so that probes and programs need not know", async () => {
    await start();
    expect(await h.fetch("/")).toMatchObject({ status: 200 });
    expect(await h.fetch("/healthz", {})).toMatchObject({ status: 200 });
    const client = h.open();
    await once(client, "open");
    client.close();
  });

  it("WebSockets open for the page that the browser has by https, by the cookie alone, and on side ports", async () => {
    await start();
    const cookie =
      String((await plain("/", { accept: "text/html" })).headers["set-cookie"]).split(";")[0] ?? "";
    const client = open("/websockify", { origin: "https://desk.example" }, h.port, { cookie });
    await once(client, "open");
    client.close();
    const side = open("/", { origin: "https://desk.example" }, await h.sidePort("sound"));
    expect(String((await once(side, "message"))[0])).toBe("hello");
    side.close();
  });

  it("http: pages are foreign unless a trusted proxy says that its browser uses http", async () => {
    const http = { origin: "http://desk.example", "x-forwarded-proto": "http" };
    await start();
    expect(await refused(open("/websockify", http))).toBe(403);
    h.close();
    await start({ KASMIX_TRUSTED_PROXIES: "127.0.0.0/8" });
    expect(await refused(open("/websockify", { ...http, "x-forwarded-proto": "https" }))).toBe(403);
    const client = open("/websockify", http);
    await once(client, "open");
    client.close();
    expect((await plain("/", http)).headers["content-security-policy"]).toContain(
      "connect-src 'self' ws://desk.example;",
    );
  });

  it("the log says what it means", async () => {
    await start();
    expect(h.events("gateway.plain")).toMatchObject([{ message: expect.stringContaining("proxy alone") }]);
  });
});

// Chromium and Firefox keep Secure cookies of http://localhost, so no proxy is needed there.
const reason = existsSync(HEADLESS.executablePath) ? "" : `: skipped, there is no ${HEADLESS.executablePath}`;
test.skipIf(reason !== "")(
  `a browser signs in at http://localhost and opens the desktop, by the cookie${reason}`,
  async () => {
    h = await openHarness({ KASMIX_TLS: "0" });
    const browser = await chromium.launch(HEADLESS);
    onTestFinished(() => browser.close());
    const context = await browser.newContext();
    const page = await context.newPage();
    await goTo(page, `http://localhost:${h.port}/`);
    await signIn(page, "secret");
    expect(await context.cookies()).toMatchObject([{ secure: true, httpOnly: true }]);
    const opened = await page.evaluate(`new Promise((resolve) => {
    const socket = new WebSocket("ws://localhost:${h.port}/websockify", "binary");
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  })`);
    expect(opened).toBe(true);
  },
);

describe("without it", () => {
  it.each(["", "1", "no"])("KASMIX_TLS=%s requires TLS", async (KASMIX_TLS) => {
    h = await openHarness({ KASMIX_TLS });
    expect(await plain("/")).toMatchObject({ status: 308 });
    expect(h.events("gateway.tls").length).toBe(KASMIX_TLS === "no" ? 1 : 0);
    expect(h.events("gateway.plain")).toEqual([]);
  });
});

test("without KASMIX_TLS=0 a proxy that ends TLS gets no redirect, which would be endless, but what to set", async () => {
  h = await openHarness();
  const https = { "x-forwarded-proto": "https" };
  for (let count = 0; count < 3; count += 1)
    expect(await plain("/", https)).toMatchObject({
      status: 400,
      body: expect.stringContaining("KASMIX_TLS=0"),
    });
  expect(h.events("gateway.loop")).toMatchObject([{ message: expect.stringContaining("KASMIX_TLS=0") }]);
  expect(await plain("/healthz", https)).toMatchObject({ status: 200 });
  expect(await plain("/", { "x-forwarded-proto": "http" })).toMatchObject({ status: 308 });
});

describe("with KASMIX_TRUSTED_PROXIES", () => {
  const wrong = `Basic ${Buffer.from("kasm_user:guess").toString("base64")}`;
  const from = (address: string) => ({ "x-forwarded-for": `203.0.113.1, ${address}` });
  const guess = async (address: string) => {
    for (let attempt = 0; attempt < 5; attempt += 1)
      await h.fetch("/", { authorization: wrong, ...from(address) });
  };

  // Behind a proxy everybody had the proxy's address, and one visitor's guesses paused all others.
  it("each visitor has an address, on side ports too: guesses of one do not pause the others", async () => {
    h = await openHarness({ KASMIX_TRUSTED_PROXIES: "127.0.0.0/8" }, [sound]);
    await guess("198.51.100.1");
    const right = { authorization: OWNER };
    expect(await h.fetch("/", { ...right, ...from("198.51.100.1") })).toMatchObject({ status: 429 });
    expect(await h.fetch("/", { ...right, ...from("198.51.100.2") })).toMatchObject({ status: 200 });
    const port = await h.sidePort("sound");
    expect(await refused(h.open({ ...right, ...from("198.51.100.1") }, "/", port))).toBe(429);
    const client = h.open({ ...right, ...from("198.51.100.2") }, "/", port);
    await once(client, "open");
    client.close();
  });

  it("the list of visitors has their addresses", async () => {
    h = await openHarness({ KASMIX_TRUSTED_PROXIES: "127.0.0.0/8" }, (visitors) => [
      {
        name: "list",
        routes: [
          {
            path: "/list",
            needs: "owner",
            handle: ({ response }) =>
              void response.end(
                visitors
                  .list()
                  .map(({ address }) => address)
                  .join(),
              ),
          },
        ],
        close() {},
      },
    ]);
    const client = h.open({ authorization: OWNER, ...from("198.51.100.2") });
    await once(client, "open");
    const list = async () => (await h.fetch("/list")).body.toString();
    await eventually(async () => expect(await list()).toBe("198.51.100.2"));
    client.close();
  });
});

describe("a session", () => {
  // The owner's page sends the Basic header too, and was refused as long as others guessed from its address.
  it("goes on while passwords have to wait, also for WebSockets", async () => {
    h = await openHarness();
    const cookie = await h.session();
    const wrong = `Basic ${Buffer.from("kasm_user:guess").toString("base64")}`;
    for (let attempt = 0; attempt < 6; attempt += 1) await h.fetch("/", { authorization: wrong });
    expect(await h.fetch("/")).toMatchObject({ status: 429 });
    expect(await h.fetch("/statez", { authorization: OWNER, cookie })).toMatchObject({ status: 200 });
    const client = h.open({ authorization: OWNER, cookie });
    await once(client, "open");
    client.close();
  });
});

describe("with KASMIX_BASE_PATH", () => {
  const api = {
    name: "files",
    routes: [
      {
        path: "/files/*",
        needs: "viewer" as const,
        handle: ({ path, response }: { path: string; response: { end(text: string): unknown } }) =>
          void response.end(path),
      },
    ],
    close() {},
  };
  const start = async (KASMIX_BASE_PATH = "/desk/") => {
    h = await openHarness({ KASMIX_BASE_PATH }, [api]);
  };

  // A proxy that leaves the prefix in place got 404 for everything.
  it.each(["/desk", ""])(
    "the desktop is below %s/, whether or not the proxy strips the path",
    async (prefix) => {
      await start();
      expect((await h.fetch(`${prefix}/`)).body.toString()).toContain("desktop");
      expect(await h.fetch(`${prefix}/main-0A1B2C3D.js`)).toMatchObject({ status: 200 });
      expect((await h.fetch(`${prefix}/files/a%20b`)).body.toString()).toBe("/files/a b");
      expect(await h.fetch(`${prefix}/healthz`, {})).toMatchObject({ status: 200 });
      expect(await h.fetch(`${prefix}/nothing`)).toMatchObject({ status: 404 });
      expect(await h.fetch(`${prefix}/`, {})).toMatchObject({ status: 401 });
      const client = h.open({ authorization: OWNER }, `${prefix}/websockify`);
      await once(client, "open");
      client.close();
    },
  );

  it("the path without its slash leads to the page, wherever the proxy has it", async () => {
    await start("/a/desk");
    const { status, headers } = await h.fetch("/a/desk?lang=de");
    expect([status, headers.location]).toEqual([308, "desk/?lang=de"]);
    expect(await h.fetch("/a/desk", {})).toMatchObject({ status: 401 });
    expect(await h.fetch("/a/desktop/")).toMatchObject({ status: 404 });
  });

  it.each(["desk", "https://x/desk/", "/a//b/", "/../x", "/a/./b", "/de sk", "/d%65sk", "/?x"])(
    "%s is logged and not used",
    async (value) => {
      await start(value);
      expect(h.events("gateway.base-path")).toMatchObject([
        { value, message: expect.stringContaining("/desk/") },
      ]);
      expect(await h.fetch("/")).toMatchObject({ status: 200 });
    },
  );

  it.each(["", "/", "/desk", "/a.b/c-d_e~f/"])("%s is valid", async (value) => {
    await start(value);
    expect(h.events("gateway.base-path")).toEqual([]);
    expect(await h.fetch(`${value.replace(/\/$/, "")}/`)).toMatchObject({ status: 200 });
  });
});
