import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { eventually, PATIENCE } from "../../../helpers/eventually.ts";
import { noBrowser } from "./browser.ts";
import { OPEN, SHUT } from "./harness.ts";
import { html, openWorld } from "./world.ts";

describe.skipIf(noBrowser !== "")(`corpus G: requests of a page${noBrowser}`, () => {
  let w: Awaited<ReturnType<typeof openWorld>>;

  beforeAll(async () => {
    w = await openWorld();
  }, PATIENCE);
  afterAll(() => w?.close(), PATIENCE);
  beforeEach(() => w.reset());

  const away = (how: string, path = "/") => `http://${how}.shut.test:${w.shutPort}${path}`;

  it("meta refresh and location", async () => {
    w.state.pages["/meta"] = (_request, response) =>
      html(response, `<meta http-equiv="refresh" content="0;url=${away("meta")}">`);
    await w.visitUntilRefused("/meta", ["meta.shut.test"]);
    w.state.pages["/location"] = (_request, response) =>
      html(response, `<script>location = ${JSON.stringify(away("location"))}</script>`);
    await w.visitUntilRefused("/location", ["location.shut.test"]);
    expect(w.shutReached).toEqual([]);
  });

  it("a link with ping, and an opened window", async () => {
    w.state.pages["/links"] = (_request, response) =>
      html(
        response,
        `<a id="ping" href="#" ping="${away("ping")}">a</a>
           <button onclick="window.open('${away("window")}')">b</button>`,
      );
    await w.visit("/links");
    await w.page.click("#ping");
    const opened = w.page.context().waitForEvent("page");
    await w.page.click("button");
    await eventually(() => {
      expect(w.refusedHosts()).toContain("ping.shut.test");
      expect(w.refusedHosts()).toContain("window.shut.test");
    });
    await (await opened).close();
    expect(w.shutReached).toEqual([]);
  });

  it("subresources", async () => {
    w.state.pages["/loads"] = (_request, response) =>
      html(
        response,
        `<img src="${away("image")}"><iframe src="${away("frame")}"></iframe>
           <link rel="stylesheet" href="${away("style")}"><object data="${away("object")}"></object>
           <video src="${away("video")}"></video>
           <script>
             const name = (how) => "http://" + how + ".shut.test:${w.shutPort}/";
             fetch(name("fetch")).catch(() => {});
             fetch(name("blind"), { mode: "no-cors" }).catch(() => {});
             navigator.sendBeacon(name("beacon"), "x");
             new EventSource(name("events"));
             new WebSocket("ws://websocket.shut.test:${w.shutPort}/");
             new Worker(URL.createObjectURL(new Blob(["fetch('" + name("worker") + "')"])));
           </script>`,
      );
    const ways = ["image", "frame", "style", "object", "video", "fetch", "blind", "beacon", "events"];
    const expected = [...ways, "websocket", "worker"].map((how) => `${how}.shut.test`);
    await w.visitUntilRefused("/loads", expected);
    expect(w.shutReached).toEqual([]);
  });

  it("a service worker's fetch", async () => {
    w.state.pages["/worker.js"] = (_request, response) => {
      response.setHeader("Content-Type", "text/javascript");
      response.end(
        `onmessage = () => fetch("${away("service")}", { mode: "no-cors" }).catch(() => {});
           onactivate = (event) => event.waitUntil(clients.claim());`,
      );
    };
    await w.arrive();
    await w.page.evaluate(`navigator.serviceWorker.register("/worker.js")
        .then(() => navigator.serviceWorker.ready)
        .then(({ active }) => active.postMessage("go"))`);
    await eventually(() => expect(w.refusedHosts()).toContain("service.shut.test"));
    expect(w.shutReached).toEqual([]);
  });

  it("WebRTC and WebTransport, which use UDP", async () => {
    const datagrams: string[] = [];
    const udp = createSocket("udp4", (message) => datagrams.push(message.toString("hex")));
    udp.bind(0, SHUT);
    await once(udp, "listening");
    onTestFinished(() => void udp.close());
    await w.arrive();
    const gathered = await w.page.evaluate(`(async () => {
        const { port } = ${JSON.stringify(udp.address())};
        const transport = await new WebTransport("https://${SHUT}:" + port + "/").ready.catch(({ name }) => name);
        const turn = { urls: "turn:turn.shut.test:${w.shutPort}?transport=tcp", username: "a", credential: "b" };
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
    expect([datagrams, w.shutReached]).toEqual([[], []]);
    expect(w.refusedHosts()).toContain("turn.shut.test");
  });

  it("the browser's own DevTools, even if their address is allowed", async () => {
    await w.arrive();
    const url = `${OPEN}:${w.cdpPort}`;
    await w.page.evaluate(async (host) => {
      const socket = new WebSocket(`ws://${host}/devtools/browser`);
      const failed = new Promise((resolve) => {
        socket.onerror = resolve;
      });
      await fetch(`http://${host}/json/list`, { mode: "no-cors" }).catch(() => {});
      await failed;
    }, url);
    await eventually(() =>
      expect(w.refusals().map(({ method, reason }) => `${method} ${reason}`)).toEqual(
        expect.arrayContaining(["CONNECT own-port", "GET own-port"]),
      ),
    );
  });
});
