import { expect, it, onTestFinished, vi } from "vitest";
import { createNavigator, navigateNowhere } from "../../../src/runtime/launcher/navigate.ts";
import { createOpener, RATE } from "../../../src/runtime/launcher/open.ts";
import { createPolicy } from "../../../src/runtime/launcher/policy.ts";
import { createTokenBucket } from "../../../src/runtime/launcher/token-bucket.ts";
import { freePort } from "../../helpers/free-port.ts";
import { memoryLog } from "../memory-log.ts";
import { openDevTools, openLauncher } from "./harness.ts";

const PAGE = { id: "AB12", type: "page" };
const LINE = { event: "launcher.request", who: "control", method: "POST", path: "/navigate" };

/** A navigator with a scripted browser, or with none until `start` opens it. */
async function navigator(script?: Parameters<typeof openDevTools>[0], start: () => void = () => {}) {
  const memory = memoryLog();
  const browser = script && (await openDevTools(script));
  onTestFinished(() => browser?.close());
  const time = { now: 0 };
  const started = vi.fn(start);
  const navigate = createNavigator({
    app: "chromium",
    open: createOpener({ cdpPort: browser?.port ?? 1, policy: createPolicy({ log: memory.log }) }),
    bucket: createTokenBucket({ ...RATE, now: () => time.now }),
    start: started,
    log: memory.log,
    patience: 500,
  });
  return { navigate, time, started, asked: browser?.asked ?? [], records: memory.records };
}

const reply = (result: object) => ({ list: [PAGE], reply: ({ id }: { id: number }) => ({ id, result }) });

it("opens the normalised URL in the browser's first page", async () => {
  const { navigate, started, asked, records } = await navigator(reply({ frameId: "F1" }));
  expect(await navigate("HTTP://93.184.215.14:80/a/../b")).toEqual({ app: "chromium", frameId: "F1" });
  expect(asked.at(-1)).toMatchObject({ method: "Page.navigate", params: { url: "http://93.184.215.14/b" } });
  const url = "http://93.184.215.14/b";
  expect(records).toEqual([{ ...LINE, url, verdict: "accepted", status: 200, frameId: "F1" }]);
  expect(started).not.toHaveBeenCalled();
});

it.each([
  ["93.184.215.14", "https://93.184.215.14/"],
  [" 93.184.215.14:8080/x?y#z ", "https://93.184.215.14:8080/x?y#z"],
  ["//93.184.215.14/x", "https://93.184.215.14/x"],
])("accepts an address as people type it: %j", async (typed, url) => {
  const { navigate, asked } = await navigator(reply({ frameId: "F1" }));
  expect(await navigate(typed)).toHaveProperty("frameId");
  expect(asked.at(-1)).toMatchObject({ params: { url } });
});

it.each([
  ["127.0.0.1:9222/json", "loopback"],
  ["localhost", "loopback-name"],
  ["javascript:alert(1)", "scheme"],
  ["/etc/passwd", "single-label"],
  ["http://0x7f.1/", "loopback"],
  ["http://169.254.169.254/", "metadata"],
  ["file:///etc/passwd", "scheme"],
  ["http://user:pa55@93.184.215.14/", "credentials"],
  ["--gpu-launcher=sh", "malformed-name"],
  ["", "malformed"],
])("neither starts nor asks the browser for a refused URL: %j", async (url, reason) => {
  for (const script of [reply({ frameId: "F1" }), undefined]) {
    const { navigate, started, asked, records } = await navigator(script);
    expect(await navigate(url)).toEqual({
      refused: expect.stringMatching(/\.$/),
      reason,
      fix: `See docs/operate/url-launcher.md for "${reason}" and for what can be allowed.`,
    });
    expect(asked).toEqual([]);
    expect(started).not.toHaveBeenCalled();
    expect(records).toMatchObject([{ ...LINE, verdict: "refused", status: 400, reason }]);
    expect(JSON.stringify(records)).not.toContain("pa55");
  }
});

it("starts a browser that does not run, and waits until there is a page", async () => {
  const port = await freePort();
  const memory = memoryLog();
  const pages: object[] = [];
  const asked: unknown[] = [];
  const navigate = createNavigator({
    app: "chromium",
    open: createOpener({ cdpPort: port, policy: createPolicy({ log: memory.log }) }),
    bucket: createTokenBucket(RATE),
    start: () =>
      void openDevTools({ ...reply({ frameId: "F1" }), list: pages, port }).then((browser) => {
        onTestFinished(() => browser.close());
        asked.push(browser.asked);
        setTimeout(() => pages.push(PAGE), 300);
      }),
    log: memory.log,
  });
  expect(await navigate("http://1572394766/x")).toEqual({ app: "chromium", frameId: "F1" });
  expect(JSON.stringify(asked)).toContain('"params":{"url":"http://93.184.215.14/x"}');
  expect(memory.records).toMatchObject([{ ...LINE, verdict: "accepted", status: 200, frameId: "F1" }]);
});

it("reports a browser that does not start", async () => {
  const { navigate, started, records } = await navigator();
  expect(await navigate("http://93.184.215.14/")).toEqual({
    refused: expect.stringContaining("ECONNREFUSED"),
    reason: "cdp-unreachable",
    fix: "Look at the browser's log: kasmixctl logs chromium",
  });
  expect(started).toHaveBeenCalledTimes(1);
  expect(records).toMatchObject([{ ...LINE, verdict: "accepted", status: 503 }]);
});

it("does not start a browser that runs and cannot show the page", async () => {
  const { navigate, started, records } = await navigator(reply({ errorText: "net::ERR_FAILED" }));
  expect(await navigate("http://93.184.215.14/")).toMatchObject({
    refused: "net::ERR_FAILED",
    reason: "cdp-failure",
  });
  expect(started).not.toHaveBeenCalled();
  expect(records).toMatchObject([{ ...LINE, verdict: "accepted", status: 502, reason: "cdp-failure" }]);
});

it("opens ten URLs at once, then one per second", async () => {
  const { navigate, time, records } = await navigator(reply({ frameId: "F1" }));
  for (let count = 0; count < 10; count += 1)
    expect(await navigate("http://93.184.215.14/")).toHaveProperty("app");
  expect(await navigate("http://93.184.215.14/")).toEqual({
    refused: "Too many URLs at once.",
    reason: "rate-limited",
    fix: "Try again in 1 s.",
  });
  expect(records).toHaveLength(11);
  expect(records.at(-1)).toMatchObject({ ...LINE, verdict: "refused", status: 429, reason: "rate-limited" });
  time.now += 1_000;
  expect(await navigate("http://93.184.215.14/")).toHaveProperty("app");
});

it("reports a missing launcher with advice", async () => {
  expect(await navigateNowhere("http://93.184.215.14/")).toEqual({
    refused: "This workspace has no URL launcher.",
    reason: "no-launcher",
    fix: expect.stringContaining("kasmixctl open URL"),
  });
});

it("is not available over the launcher's HTTP", async () => {
  const { launcher, post } = await openLauncher({});
  onTestFinished(() => launcher.close());
  expect(await post("{}", undefined, "/navigate?url=http://93.184.215.14/")).toMatchObject({ status: 404 });
});
