import { describe, expect, it, onTestFinished } from "vitest";
import { openDevTools, openLauncher, serve, type TestedLauncher } from "./harness.ts";

const PUBLIC = "http://93.184.215.14/";
const PAGE = { id: "AB12", type: "page", url: "about:blank" };

async function launcher(options: TestedLauncher = {}) {
  const opened = await openLauncher(options);
  onTestFinished(() => opened.launcher.close());
  return opened;
}

async function devTools(script: Parameters<typeof openDevTools>[0]) {
  const opened = await openDevTools(script);
  onTestFinished(() => opened.close());
  return opened;
}

describe("the browser", () => {
  it("is asked for its pages, and the first opens the normalised URL", async () => {
    const browser = await devTools({
      list: [{ id: "BG", type: "background_page" }, PAGE, { id: "CD34", type: "page" }],
      reply: ({ id }) => ({ id, result: { frameId: "F1", loaderId: "L1" } }),
    });
    const { post, audited } = await launcher({ cdpPort: browser.port });
    expect(await post({ url: "HTTP://93.184.215.14:80/a/../b" })).toMatchObject({
      status: 200,
      body: '{"ok":true,"frameId":"F1"}',
    });
    expect(browser.asked).toEqual([
      { url: "/json/list", host: `127.0.0.1:${browser.port}` },
      { url: "/devtools/page/AB12", origin: "http://127.0.0.1" },
      { id: 1, method: "Page.navigate", params: { url: "http://93.184.215.14/b" } },
    ]);
    expect(audited()).toEqual([
      {
        event: "launcher.request",
        who: "127.0.0.1",
        method: "POST",
        path: "/open",
        url: "http://93.184.215.14/b",
        verdict: "accepted",
        status: 200,
        frameId: "F1",
      },
    ]);
  });

  const failures: [string, Parameters<typeof openDevTools>[0], string][] = [
    ["has no page", { list: [{ id: "BG", type: "service_worker" }] }, "no page target available"],
    ["has an invalid list", { list: {} }, "no page target available"],
    ["does not answer in JSON", { list: "<html>" }, "cdp failure: SyntaxError"],
    [
      "answers with an error message",
      { list: [PAGE], reply: ({ id }) => ({ id, error: { code: -32000, message: "Cannot navigate" } }) },
      "Cannot navigate",
    ],
    [
      "cannot open the page",
      { list: [PAGE], reply: ({ id }) => ({ id, result: { frameId: "F1", errorText: "net::ERR_FAILED" } }) },
      "net::ERR_FAILED",
    ],
    ["closes the connection", { list: [PAGE], reply: () => "hang up" }, "cdp failure: ConnectionClosed"],
    ["sends an invalid message", { list: [PAGE], reply: () => "mumble" }, "cdp failure: InvalidReply"],
    ["sends another message", { list: [PAGE], reply: () => null }, "cdp failure: TimeoutError"],
    ["does not answer", { list: undefined }, "cdp failure: TimeoutError"],
    ["has a page that does not answer", { list: [PAGE] }, "cdp failure: TimeoutError"],
  ];

  it.each(failures)("that %s is a bad gateway", async (_title, script, error) => {
    const browser = await devTools(script);
    const timeout = error.includes("Timeout") ? 100 : 60_000;
    const { post, audited } = await launcher({ cdpPort: browser.port, timeout });
    expect(await post({ url: PUBLIC })).toMatchObject({ status: 502, body: JSON.stringify({ error }) });
    expect(audited()).toMatchObject([
      { verdict: "accepted", reason: "cdp-failure", status: 502, url: PUBLIC },
    ]);
  });

  it("that answers with an error is a bad gateway", async () => {
    const browser = await serve((_request, response) => response.writeHead(500).end());
    onTestFinished(() => browser.close());
    const { post } = await launcher({ cdpPort: browser.port });
    expect(await post({ url: PUBLIC })).toMatchObject({
      status: 502,
      body: '{"error":"cdp failure: UnexpectedStatus"}',
    });
  });

  it("that does not run is unavailable", async () => {
    const { post, audited } = await launcher();
    expect(await post({ url: PUBLIC })).toMatchObject({ status: 503, body: '{"error":"cdp unreachable"}' });
    expect(audited()).toMatchObject([{ verdict: "accepted", reason: "cdp-unreachable", status: 503 }]);
  });

  it("may start a download instead of a page", async () => {
    const result = { frameId: "F1", errorText: "net::ERR_ABORTED", isDownload: true };
    const browser = await devTools({ list: [PAGE], reply: ({ id }) => ({ id, result }) });
    const { post } = await launcher({ cdpPort: browser.port });
    expect(await post({ url: PUBLIC })).toMatchObject({ status: 200 });
  });
});
