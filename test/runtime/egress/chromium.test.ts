import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Egress, startEgress } from "../../../src/runtime/egress/server.ts";
import { createPolicy } from "../../../src/runtime/launcher/judge.ts";
import { createLookup } from "../../../src/runtime/launcher/lookup.ts";
import { type Launcher, startLauncher } from "../../../src/runtime/launcher/server.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { portOf, serve, TOKEN } from "../launcher/harness.ts";
import { type NameServer, openNameServer } from "../launcher/name-server.ts";
import { memoryLog } from "../memory-log.ts";
import { noBrowser, openBrowser, type ProxiedBrowser } from "./browser.ts";
import { OPEN, SHUT } from "./harness.ts";

/**
 * Launcher, policy, proxy and browser together. Servers on 127.0.0.1 stand for the internet, since the policy lets that
 * one address in here; those on 127.0.0.2 for all that it refuses. Names: *.open.test and *.shut.test.
 */
describe.skipIf(noBrowser !== "")(`a real browser behind the proxy${noBrowser}`, () => {
  const memory = memoryLog();
  const ports: number[] = [];
  const shutReached: string[] = [];
  let pages: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
  let rebound: boolean;
  let names: NameServer;
  let egress: Egress;
  let launcher: Launcher;
  let browser: ProxiedBrowser;
  let site: Awaited<ReturnType<typeof serve>>;
  let shut: Awaited<ReturnType<typeof serve>>;
  let page: Page;

  beforeAll(async () => {
    names = await openNameServer((name, type) => {
      if (type === "AAAA") return [];
      // Asked again, this one has changed its mind.
      if (name === "race.open.test")
        rebound = names.questions.filter((asked) => asked === `A ${name}`).length > 1;
      const isShut = name.endsWith("shut.test") || (/^(rebind|race)/.test(name) && rebound);
      return [{ type, data: isShut ? SHUT : OPEN }];
    });
    const lookup = createLookup({ servers: [names.address], hosts: "/dev/null" });
    const policy = createPolicy({ allow: [`${OPEN}/32`], ports, lookup, log: memory.log });
    egress = startEgress({ port: 0, policy, log: memory.log, now: leisurely() });
    browser = await openBrowser(await portOf(egress));
    ports.push(browser.cdpPort, await portOf(egress));
    const options = { port: 0, token: TOKEN, cdpPort: browser.cdpPort, policy, log: memory.log };
    launcher = startLauncher({ ...options, timeout: PATIENCE, now: leisurely() });
    await portOf(launcher);
    site = await serve((request, response) => {
      // Permanent redirects of one test are not to be those of the next.
      response.setHeader("Cache-Control", "no-store");
      const show = pages[(request.url ?? "").split("?")[0] ?? ""];
      if (show) show(request, response);
      else response.writeHead(404).end();
    });
    shut = await serve((request, response) => {
      shutReached.push(`${request.headers.host}${request.url}`);
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.end("secret");
    }, SHUT);
    page = await browser.page();
  }, PATIENCE);

  afterAll(async () => {
    await browser?.close();
    launcher?.close();
    egress?.close();
    names?.close();
    site?.close();
    shut?.close();
  }, PATIENCE);

  beforeEach(() => {
    pages = { "/": (_request, response) => html(response, "<title>Open</title>") };
    rebound = false;
    memory.records.length = 0;
    shutReached.length = 0;
  });

  /** Has the launcher open a URL. */
  async function open(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`http://127.0.0.1:${launcher.port()}/open`, {
      method: "POST",
      headers: { Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ url }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    // Other containers of this machine come and go, and Chromium then breaks off what it is loading.
    return body.error === "net::ERR_NETWORK_CHANGED" ? open(url) : { status: response.status, body };
  }

  /** Has the launcher open a page of the site. */
  const visit = (path = "/", host = OPEN) => open(`http://${host}:${site.port}${path}`);
  /** Opens a page until all that it is to try has come to the proxy, and was refused. */
  const visitUntilRefused = (path: string, expected: string[], host = OPEN) =>
    eventually(
      async () => {
        await visit(path, host);
        await eventually(() => expect([...refusedHosts()]).toEqual(expect.arrayContaining(expected)), {
          timeout: 5_000,
        });
      },
      { timeout: 50_000 },
    );
  const refusedHosts = () => new Set(memory.events("egress.refused").map(({ host }) => host));

  it("opens a page that the policy accepts; the title comes back", async () => {
    const { status, body } = await visit("/", "www.open.test");
    expect([status, body]).toEqual([200, { ok: true, frameId: expect.stringMatching(/^[0-9A-F]{32}$/) }]);
    await eventually(async () => expect(await page.title()).toBe("Open"));
    const list = await (await fetch(`http://127.0.0.1:${browser.cdpPort}/json/list`)).json();
    const shown = {
      id: expect.any(String),
      type: "page",
      title: "Open",
      url: `http://www.open.test:${site.port}/`,
    };
    expect(list).toContainEqual(expect.objectContaining(shown));
    expect(memory.events("launcher.request").at(-1)).toMatchObject({
      verdict: "accepted",
      status: 200,
      frameId: body.frameId,
      url: `http://www.open.test:${site.port}/`,
    });
  });

  it("is not asked to open what the policy refuses", async () => {
    const before = (await visit("/", "stay.open.test")).status;
    await eventually(() => expect(page.url()).toBe(`http://stay.open.test:${site.port}/`));
    for (const url of [
      `http://${SHUT}:${shut.port}/`,
      `http://www.shut.test:${shut.port}/`,
      "file:///etc/passwd",
    ])
      expect(await open(url)).toEqual({ status: 400, body: { error: "url rejected by policy" } });
    expect([before, page.url()]).toEqual([200, `http://stay.open.test:${site.port}/`]);
  });

  it("tells why a page did not come", async () => {
    expect(await open(`https://www.open.test:${site.port}/`)).toMatchObject({
      status: 502,
      body: { error: "net::ERR_SSL_PROTOCOL_ERROR" },
    });
    expect(memory.events("launcher.request").at(-1)).toMatchObject({ reason: "cdp-failure", status: 502 });
  });

  it("is held to the policy by the proxy, should a name have changed since it was judged", async () => {
    await visit("/", "rebind.open.test");
    await eventually(async () => expect(await page.title()).toBe("Open"));
    rebound = true;
    const fetched = await page.evaluate(async () => {
      const response = await fetch("/again");
      return [response.status, response.headers.get("x-kasmix-reason")];
    });
    expect(fetched).toEqual([403, "loopback"]);
  });

  it("is held to it, too, when a name changes between the launcher's judgement and its own", async () => {
    expect(await open(`https://race.open.test:${site.port}/`)).toEqual({
      status: 502,
      body: { error: "net::ERR_TUNNEL_CONNECTION_FAILED" },
    });
    expect(refusedHosts()).toContain("race.open.test");
  });

  describe("corpus G: redirects", () => {
    it.each([301, 302, 303, 307, 308])(
      "%s to an address that is refused ends at the proxy",
      async (status) => {
        pages["/away"] = redirect(status, `http://${SHUT}:${shut.port}/secret`);
        await visit("/away");
        await eventually(async () =>
          expect(await page.textContent("body")).toContain("not for this browser"),
        );
        expect(page.url()).toBe(`http://${SHUT}:${shut.port}/secret`);
        expect(shutReached).toEqual([]);
        expect(refusedHosts()).toContain(SHUT);
      },
    );

    it("by CONNECT is an error of the navigation", async () => {
      pages["/away"] = redirect(302, `https://${SHUT}:${shut.port}/secret`);
      expect(await visit("/away")).toEqual({
        status: 502,
        body: { error: "net::ERR_TUNNEL_CONNECTION_FAILED" },
      });
      expect(shutReached).toEqual([]);
    });

    it("ten in a row are followed to the tenth, which is refused", async () => {
      for (let hop = 0; hop < 10; hop += 1)
        pages[`/hop${hop}`] = redirect(
          302,
          hop < 9 ? `/hop${hop + 1}` : `http://tenth.shut.test:${shut.port}/`,
        );
      await visitUntilRefused("/hop0", ["tenth.shut.test"], "www.open.test");
      expect(shutReached).toEqual([]);
    });

    it.each(["file:///etc/passwd", "chrome://settings", "javascript:alert(1)", "data:text/html,x"])(
      "to %s is refused by the browser",
      async (location) => {
        pages["/away"] = redirect(302, location);
        const { status, body } = await visit("/away");
        expect([status, body.error]).toEqual([502, expect.stringMatching(/^net::ERR_/)]);
      },
    );

    it("out, in and out again stay out where they were refused", async () => {
      pages["/back"] = redirect(302, `http://back.shut.test:${shut.port}/`);
      pages["/forth"] = redirect(302, `http://www.open.test:${site.port}/back`);
      await visitUntilRefused("/forth", ["back.shut.test"]);
      expect(shutReached).toEqual([]);
    });
  });

  describe("corpus G: what a page does by itself", () => {
    const away = (how: string, path = "/") => `http://${how}.shut.test:${shut.port}${path}`;

    it("meta refresh and location", async () => {
      pages["/meta"] = (_request, response) =>
        html(response, `<meta http-equiv="refresh" content="0;url=${away("meta")}">`);
      await visitUntilRefused("/meta", ["meta.shut.test"]);
      pages["/location"] = (_request, response) =>
        html(response, `<script>location = ${JSON.stringify(away("location"))}</script>`);
      await visitUntilRefused("/location", ["location.shut.test"]);
      expect(shutReached).toEqual([]);
    });

    it("a link with ping, and a window that it opens", async () => {
      pages["/links"] = (_request, response) =>
        html(
          response,
          `<a id="ping" href="#" ping="${away("ping")}">a</a>
           <button onclick="window.open('${away("window")}')">b</button>`,
        );
      await visit("/links");
      await page.click("#ping");
      const opened = page.context().waitForEvent("page");
      await page.click("button");
      await eventually(() => {
        expect(refusedHosts()).toContain("ping.shut.test");
        expect(refusedHosts()).toContain("window.shut.test");
      });
      await (await opened).close();
      expect(shutReached).toEqual([]);
    });

    it("whatever it loads", async () => {
      pages["/loads"] = (_request, response) =>
        html(
          response,
          `<img src="${away("image")}"><iframe src="${away("frame")}"></iframe>
           <link rel="stylesheet" href="${away("style")}"><object data="${away("object")}"></object>
           <video src="${away("video")}"></video>
           <script>
             const name = (how) => "http://" + how + ".shut.test:${shut.port}/";
             fetch(name("fetch")).catch(() => {});
             fetch(name("blind"), { mode: "no-cors" }).catch(() => {});
             navigator.sendBeacon(name("beacon"), "x");
             new EventSource(name("events"));
             new WebSocket("ws://websocket.shut.test:${shut.port}/");
             new Worker(URL.createObjectURL(new Blob(["fetch('" + name("worker") + "')"])));
           </script>`,
        );
      const ways = ["image", "frame", "style", "object", "video", "fetch", "blind", "beacon", "events"];
      const expected = [...ways, "websocket", "worker"].map((how) => `${how}.shut.test`);
      await visitUntilRefused("/loads", expected);
      expect(shutReached).toEqual([]);
    });

    it("a service worker's fetch", async () => {
      pages["/worker.js"] = (_request, response) => {
        response.setHeader("Content-Type", "text/javascript");
        response.end(
          `onmessage = () => fetch("${away("service")}", { mode: "no-cors" }).catch(() => {});
           onactivate = (event) => event.waitUntil(clients.claim());`,
        );
      };
      await visit();
      await eventually(async () => expect(await page.title()).toBe("Open"));
      await page.evaluate(`navigator.serviceWorker.register("/worker.js")
        .then(() => navigator.serviceWorker.ready)
        .then(({ active }) => active.postMessage("go"))`);
      await eventually(() => expect(refusedHosts()).toContain("service.shut.test"));
      expect(shutReached).toEqual([]);
    });

    it("WebRTC and WebTransport, which speak UDP", async () => {
      const datagrams: string[] = [];
      const udp = createSocket("udp4", (message) => datagrams.push(message.toString("hex")));
      udp.bind(0, SHUT);
      await once(udp, "listening");
      onTestFinished(() => void udp.close());
      await visit();
      await eventually(async () => expect(await page.title()).toBe("Open"));
      const gathered = await page.evaluate(`(async () => {
        const { port } = ${JSON.stringify(udp.address())};
        const transport = await new WebTransport("https://${SHUT}:" + port + "/").ready.catch(({ name }) => name);
        const turn = { urls: "turn:turn.shut.test:${shut.port}?transport=tcp", username: "a", credential: "b" };
        const peer = new RTCPeerConnection({ iceServers: [{ urls: "stun:${SHUT}:" + port }, turn] });
        peer.createDataChannel("x");
        const gathered = new Promise((resolve) => {
          peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && resolve();
        });
        await peer.setLocalDescription(await peer.createOffer());
        await gathered;
        return [transport, peer.localDescription.sdp.match(/a=candidate/g)];
      })()`);
      expect(gathered).toEqual(["WebTransportError", null]);
      expect([datagrams, shutReached]).toEqual([[], []]);
      expect(refusedHosts()).toContain("turn.shut.test");
    });

    it("the browser's own DevTools, though their address is let in", async () => {
      await visit();
      await eventually(async () => expect(await page.title()).toBe("Open"));
      const url = `${OPEN}:${browser.cdpPort}`;
      await page.evaluate(async (host) => {
        const socket = new WebSocket(`ws://${host}/devtools/browser`);
        const failed = new Promise((resolve) => {
          socket.onerror = resolve;
        });
        await fetch(`http://${host}/json/list`, { mode: "no-cors" }).catch(() => {});
        await failed;
      }, url);
      await eventually(() =>
        expect(memory.events("egress.refused").map(({ method, reason }) => `${method} ${reason}`)).toEqual(
          expect.arrayContaining(["CONNECT own-port", "GET own-port"]),
        ),
      );
    });
  });
});

/** A clock that leaves time for all that the tests do at once. */
function leisurely(): () => number {
  let hour = 0;
  return () => {
    hour += 3_600_000;
    return hour;
  };
}

function html(response: ServerResponse, body: string): void {
  response.setHeader("Content-Type", "text/html");
  response.end(`<!doctype html><body>${body}`);
}

function redirect(status: number, location: string) {
  return (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { Location: location }).end();
}
