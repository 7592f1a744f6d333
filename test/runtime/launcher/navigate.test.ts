import { expect, it, onTestFinished } from "vitest";
import type { LaunchApp, Wish } from "../../../src/runtime/launch-app.ts";
import { createBucket } from "../../../src/runtime/launcher/bucket.ts";
import { createPolicy } from "../../../src/runtime/launcher/judge.ts";
import { createNavigator, navigateNowhere } from "../../../src/runtime/launcher/navigate.ts";
import { createOpener, RATE } from "../../../src/runtime/launcher/open.ts";
import { memoryLog } from "../memory-log.ts";
import { openDevTools, openLauncher } from "./harness.ts";

const PAGE = { id: "AB12", type: "page" };
const LINE = { event: "launcher.request", who: "control", method: "POST", path: "/navigate" };

/** A navigator whose browser is what the test wants, or down; `launched` is what it wanted shown. */
async function navigator(script?: Parameters<typeof openDevTools>[0], launch?: LaunchApp) {
  const memory = memoryLog();
  const launched: Wish[] = [];
  const browser = script && (await openDevTools(script));
  onTestFinished(() => browser?.close());
  const time = { now: 0 };
  const navigate = createNavigator({
    app: "chromium",
    open: createOpener({ cdpPort: browser?.port ?? 1, policy: createPolicy({ log: memory.log }) }),
    bucket: createBucket({ ...RATE, now: () => time.now }),
    launch(wish) {
      launched.push(wish);
      return launch?.(wish) ?? { app: wish.app ?? "" };
    },
    log: memory.log,
  });
  return { navigate, time, launched, asked: browser?.asked ?? [], records: memory.records };
}

const reply = (result: object) => ({ list: [PAGE], reply: ({ id }: { id: number }) => ({ id, result }) });

it("sends the browser's first page to the URL in its one spelling", async () => {
  const { navigate, launched, asked, records } = await navigator(reply({ frameId: "F1" }));
  expect(await navigate("HTTP://93.184.215.14:80/a/../b")).toEqual({
    app: "chromium",
    opened: "page",
    frameId: "F1",
  });
  expect(asked.at(-1)).toMatchObject({ method: "Page.navigate", params: { url: "http://93.184.215.14/b" } });
  const url = "http://93.184.215.14/b";
  expect(records).toEqual([{ ...LINE, url, verdict: "accepted", status: 200, frameId: "F1" }]);
  expect(launched).toEqual([]);
});

it.each([
  ["93.184.215.14", "https://93.184.215.14/"],
  [" 93.184.215.14:8080/x?y#z ", "https://93.184.215.14:8080/x?y#z"],
  ["//93.184.215.14/x", "https://93.184.215.14/x"],
])("takes an address as people type it: %j", async (typed, url) => {
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
])("does not ask the browser for what the policy refuses, nor opens a window: %j", async (url, reason) => {
  for (const script of [reply({ frameId: "F1" }), undefined]) {
    const { navigate, launched, asked, records } = await navigator(script);
    expect(await navigate(url)).toEqual({
      refused: expect.stringMatching(/\.$/),
      reason,
      fix: `What "${reason}" is, and what can be let in: docs/url-launcher.md`,
    });
    expect([asked, launched]).toEqual([[], []]);
    expect(records).toMatchObject([{ ...LINE, verdict: "refused", status: 400, reason }]);
    expect(JSON.stringify(records)).not.toContain("pa55");
  }
});

it("opens a window of the launcher's app, with what was judged, when no browser runs", async () => {
  const { navigate, launched, records } = await navigator();
  expect(await navigate("http://1572394766/x")).toEqual({ app: "chromium", opened: "window" });
  const url = "http://93.184.215.14/x";
  expect(launched).toEqual([{ app: "chromium", url }]);
  expect(records).toMatchObject([
    { ...LINE, verdict: "accepted", status: 202, reason: "cdp-unreachable", opened: "window" },
  ]);
});

it("says why there is no window either", async () => {
  const { navigate, records } = await navigator(undefined, () => ({ refused: "the container is stopping" }));
  expect(await navigate("http://93.184.215.14/")).toEqual({
    refused: "the container is stopping",
    reason: "cdp-unreachable",
    fix: "See what the browser does: kasmixctl logs chromium",
  });
  expect(records).toMatchObject([{ ...LINE, verdict: "accepted", status: 503 }]);
});

it("opens no window where a browser runs that cannot show the page", async () => {
  const { navigate, launched, records } = await navigator(reply({ errorText: "net::ERR_FAILED" }));
  expect(await navigate("http://93.184.215.14/")).toMatchObject({
    refused: "net::ERR_FAILED",
    reason: "cdp-failure",
  });
  expect(launched).toEqual([]);
  expect(records).toMatchObject([{ ...LINE, verdict: "accepted", status: 502, reason: "cdp-failure" }]);
});

it("gives the browser a rest after ten at once", async () => {
  const { navigate, time, launched, records } = await navigator();
  for (let count = 0; count < 10; count += 1)
    expect(await navigate("http://93.184.215.14/")).toHaveProperty("app");
  expect(await navigate("http://93.184.215.14/")).toEqual({
    refused: "Too many URLs at once.",
    reason: "rate-limited",
    fix: "Try again in 1 s.",
  });
  expect(launched).toHaveLength(10);
  expect(records).toHaveLength(11);
  expect(records.at(-1)).toMatchObject({ ...LINE, verdict: "refused", status: 429, reason: "rate-limited" });
  time.now += 1_000;
  expect(await navigate("http://93.184.215.14/")).toHaveProperty("app");
});

it("without a launcher says so, and what to do", async () => {
  expect(await navigateNowhere("http://93.184.215.14/")).toEqual({
    refused: "This workspace has no URL launcher.",
    reason: "no-launcher",
    fix: expect.stringContaining("kasmixctl open URL"),
  });
});

it("is no address of the launcher's HTTP", async () => {
  const { launcher, post } = await openLauncher({});
  onTestFinished(() => launcher.close());
  expect(await post("{}", undefined, "/navigate?url=http://93.184.215.14/")).toMatchObject({ status: 404 });
});
