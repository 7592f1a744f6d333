import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { buildClient } from "../../src/client/build.ts";
import { loadAssets } from "../../src/runtime/gateway/assets.ts";
import { Authenticator } from "../../src/runtime/gateway/auth.ts";
import { openIdentity } from "../../src/runtime/gateway/live-identity.ts";
import { startGateway } from "../../src/runtime/gateway/server.ts";
import { createWebsockify } from "../../src/runtime/gateway/websockify.ts";
import { loadKasmVncAssets } from "../../src/runtime/kasmvnc/assets.ts";
import { createActivity } from "../../src/runtime/limits/activity.ts";
import { createEnd } from "../../src/runtime/limits/end.ts";
import { openLimits } from "../../src/runtime/limits/open.ts";
import type { Limits } from "../../src/runtime/limits/settings.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel } from "../helpers/panel.ts";
import { makeProject } from "../helpers/project.ts";
import { shoot } from "../helpers/shoot.ts";
import { signIn } from "../helpers/sign-in.ts";
import { startXServer } from "../runtime/clipboard/x-server.ts";
import { memoryLog } from "../runtime/memory-log.ts";
import { missingPrograms } from "./desktop.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const axe = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");
const canRun = missingPrograms.length === 0;

describe.runIf(canRun)(`a session${canRun ? "" : ` (no ${missingPrograms.join(", ")})`}`, () => {
  let browser: Browser;
  let x: Awaited<ReturnType<typeof startXServer>>;
  let workspace: Workspace | undefined;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    x = await startXServer((folder) => [
      ...["-rfbunixpath", join(folder, "rfb.sock"), "-rfbport", "-1"],
      ...["-SecurityTypes", "None", "-noreset"],
    ]);
    await buildClient(join(x.folder, "www"));
    browser = await chromium.launch(HEADLESS);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    workspace?.close();
  });

  afterAll(async () => {
    await browser?.close();
    await x?.stop();
  });

  const isIn = (page: Page, state: string) =>
    eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe(state), {
      timeout: PATIENCE,
    });

  /** A page whose visitor has signed in to a workspace of its own with these limits. */
  async function open(limits?: Limits, options: BrowserContextOptions = {}, query = "") {
    const opened = await openWorkspace(x.folder, limits);
    workspace = opened;
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    await goTo(page, `https://127.0.0.1:${opened.port}/${query}`);
    await signIn(page, "secret");
    await isIn(page, "connected");
    return { page, workspace: opened };
  }

  const faults = async (page: Page, part: string) => {
    await page.evaluate(axe);
    return await page.evaluate(`axe.run("${part}").then(({ violations }) => violations.map(({ id }) => id))`);
  };

  test("ends by a button in the panel, in all tabs", async () => {
    const { page } = await open();
    const other = await page.context().newPage();
    await goTo(other, page.url());
    await isIn(other, "connected");
    await openPanel(page, "more");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Password").waitFor();
    await isIn(other, "disconnected");
    await other.getByText("Your sign-in is no longer valid.").first().waitFor();
    await signIn(page, "secret");
    await isIn(page, "connected");
  });

  test.each<[string, BrowserContextOptions, string]>([
    ["light", { colorScheme: "light" }, ""],
    [
      "phone",
      { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, colorScheme: "dark" },
      "?lang=de",
    ],
  ])(
    "that nobody uses counts down, which any input ends, and then says why it ended: %s",
    async (name, options, query) => {
      const { page, workspace } = await open({ idle: 60_000, end: "disconnect" }, options, query);
      const notice = page.locator("#limit-notice");
      expect(await notice.isVisible()).toBe(false);
      await workspace.wait(50_000);
      await notice.getByText(/0:(10|0\d)/).waitFor();
      await shoot(page, join(screenshots, `limit-idle-${name}.png`));
      expect(await faults(page, "#limit-notice")).toEqual([]);
      const { x: left = -1, width = 1e4 } = (await notice.boundingBox()) ?? {};
      expect([left >= 0, left + width <= (page.viewportSize()?.width ?? 0)]).toEqual([true, true]);
      await page.keyboard.press("Shift");
      await notice.waitFor({ state: "hidden" });
      await eventually(() => expect(workspace.idle()).toBeLessThan(40_000));
      await workspace.wait(50_000);
      await notice.waitFor();
      const button = await notice.getByRole("button").boundingBox();
      await page.mouse.click((button?.x ?? 0) + 20, (button?.y ?? 0) + 10);
      await notice.getByText(/You stay connected|Sie bleiben verbunden/).waitFor();
      await shoot(page, join(screenshots, `limit-kept-${name}.png`));
      await notice.waitFor({ state: "hidden" });
      await workspace.wait(61_000);
      await isIn(page, "disconnected");
      await page
        .getByText(/nobody used the desktop|niemand den Desktop benutzt/)
        .first()
        .waitFor();
      expect(await page.locator("#last-picture").isVisible()).toBe(false);
      await shoot(page, join(screenshots, `limit-over-${name}.png`));
      await eventually(async () => {
        await page.reload();
        expect(await page.locator("#password").count()).toBe(1);
      });
    },
  );

  test("that lasts too long counts down whatever people do", async () => {
    const { page, workspace } = await open({ longest: 3_600_000, end: "stop" });
    await workspace.wait(3_600_000 - 290_000);
    const notice = page.locator("#limit-notice");
    await notice.getByText(/save your work/).waitFor();
    await shoot(page, join(screenshots, "limit-longest.png"));
    expect(await notice.getByRole("button").count()).toBe(0);
    await page.keyboard.press("Shift");
    expect(await notice.isVisible()).toBe(true);
    await workspace.wait(290_000);
    await isIn(page, "disconnected");
    await page.getByText("it reached its longest time").first().waitFor();
    await eventually(() => expect(workspace.stopped()).toBe(1));
  });

  // KasmVNC's page had neither.
  test("on a page that is not ours counts down too, and ends by a button at the upper edge", async () => {
    const theirs = makeProject({
      "index.html":
        "<!doctype html><html><head><title>Theirs</title></head><body><p>Clipboard</p><textarea></textarea></body></html>",
    });
    const assets = loadKasmVncAssets(theirs, join(x.folder, "www"));
    const opened = await openWorkspace(x.folder, { idle: 60_000, end: "disconnect" }, assets);
    workspace = opened;
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      viewport: { width: 1280, height: 800 },
    });
    const page = await context.newPage();
    await goTo(page, `https://127.0.0.1:${opened.port}/?lang=de`);
    await signIn(page, "secret");
    const button = page.getByRole("button", { name: "Abmelden" });
    await button.waitFor();
    expect(await page.getByText("Clipboard").isVisible()).toBe(true);
    expect((await button.boundingBox())?.y).toBeLessThan(0);
    await opened.wait(50_000);
    await page
      .locator("#limit-notice")
      .getByText(/0:(10|0\d)/)
      .waitFor();
    await page.mouse.move(640, 3);
    await eventually(async () => expect((await button.boundingBox())?.y).toBeGreaterThan(0));
    await shoot(page, join(screenshots, "beside.png"));
    expect(await faults(page, "#kasmix-beside")).toEqual([]);
    expect(await faults(page, "#limit-notice")).toEqual([]);
    await button.click();
    await page.locator("#password").waitFor();
  });
});

interface Workspace {
  readonly port: number;
  /** Lets time pass for the limits, in milliseconds. */
  wait(time: number): Promise<void>;
  /** Milliseconds since the last input. */
  idle(): number;
  /** How often the container was to stop. */
  stopped(): number;
  close(): void;
}

/** A real gateway for the X server in a folder. Its limits have a clock that tests move, so they ask no X server. */
async function openWorkspace(
  folder: string,
  limits: Limits | undefined,
  assets = loadAssets(join(folder, "www")),
): Promise<Workspace> {
  const { log } = memoryLog();
  let [passed, stopped] = [0, 0];
  const now = () => performance.now() + passed;
  const authenticator = new Authenticator({ owner: "secret" });
  const websockify = createWebsockify({ target: join(folder, "rfb.sock"), log });
  const { visitors } = websockify;
  const activity = createActivity(now);
  const stop = () => (stopped += 1);
  const display = { path: "/nowhere/X0", readCookie: () => Buffer.alloc(0) };
  const onEnd = createEnd({ visitors, authenticator, stop, log });
  const gateway = startGateway({
    port: 0,
    identity: openIdentity({}, folder, log),
    authenticator,
    websockify,
    services: openLimits({ limits, display, activity, onEnd, log, now }),
    onPage: activity.noteVisit,
    assets,
    frameAncestors: "'self'",
    workspace: "test",
    title: "Test",
    report: () => ({ phase: "running", ready: true, uptime: 0, services: {} }),
    allowedOrigins: [],
    log,
  });
  const port = await eventually(() => {
    const number = gateway.port();
    if (number === undefined) throw new Error("not listening");
    return number;
  });
  return {
    port,
    wait(time) {
      passed += time;
      // The gateway looks at the session whenever somebody asks for its notices.
      const client = new WebSocket(`wss://127.0.0.1:${port}/api/limits`, {
        headers: { authorization: `Basic ${btoa("kasm_user:secret")}` },
        rejectUnauthorized: false,
      });
      return new Promise((resolve, reject) => {
        client.on("error", reject);
        client.once("message", () => {
          client.close();
          resolve();
        });
      });
    },
    idle: () => now() - activity.marks().input,
    stopped: () => stopped,
    close: () => gateway.close(),
  };
}
