import { join } from "node:path";
import { type Browser, chromium, type Page, type Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildClient } from "../../src/client/build.ts";
import { openClipboard } from "../../src/runtime/clipboard/open.ts";
import { loadAssets } from "../../src/runtime/gateway/assets.ts";
import { Authenticator } from "../../src/runtime/gateway/auth.ts";
import { openIdentity } from "../../src/runtime/gateway/live-identity.ts";
import { type Gateway, startGateway } from "../../src/runtime/gateway/server.ts";
import { createWebsockify } from "../../src/runtime/gateway/websockify.ts";
import { sidePorts } from "../../src/runtime/side/ports.ts";
import type { SideOptions } from "../../src/runtime/side/service.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel } from "../helpers/panel.ts";
import { decodePng } from "../helpers/picture.ts";
import { signIn } from "../helpers/sign-in.ts";
import { noisePng, startXServer } from "../runtime/clipboard/x-server.ts";
import { memoryLog } from "../runtime/memory-log.ts";
import { missingPrograms } from "./desktop.ts";

const canRun = missingPrograms.length === 0;
const title = canRun
  ? "the clipboard in Chromium"
  : `the clipboard in Chromium (no ${missingPrograms.join(", ")})`;

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let x: Awaited<ReturnType<typeof startXServer>>;
  let gateway: Gateway;
  let page: Page;

  beforeAll(async () => {
    x = await startXServer((folder) => [
      ...["-rfbunixpath", join(folder, "rfb.sock"), "-rfbport", "-1"],
      ...["-SecurityTypes", "None", "-noreset"],
    ]);
    await buildClient(join(x.folder, "www"));
    gateway = openGateway(x);
    browser = await chromium.launch(HEADLESS);
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    page = await context.newPage();
    const told: unknown[] = [];
    page.on("websocket", (socket) => {
      if (socket.url().endsWith("/api/clipboard")) socket.on("framereceived", (frame) => told.push(frame));
    });
    await eventually(() => expect(gateway.port()).toBeDefined());
    await goTo(page, `https://127.0.0.1:${gateway.port()}/`);
    await signIn(page, "secret");
    await openPanel(page, "clipboard");
    await page.getByRole("button", { name: "Send a picture…" }).waitFor();
    // The first message describes content from before the visit, which must not replace anything.
    await eventually(() => expect(told).toHaveLength(1));
  });

  afterAll(async () => {
    await browser?.close();
    gateway?.close();
    await x?.stop();
  });

  const here = (type: string) =>
    page.evaluate(async (type) => {
      const [item] = await navigator.clipboard.read();
      const blob = await item?.getType(type);
      return btoa(String.fromCharCode(...new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer())));
    }, type);
  const decoded = async (type: string) => Buffer.from(await here(type), "base64");
  const serial = () =>
    page.evaluate(async () => ((await (await fetch("api/clipboard")).json()) as { serial: number }).serial);
  /** Gives the browser's window the focus, which makes the client look at the browser's clipboard. */
  const look = () => page.evaluate(() => window.dispatchEvent(new Event("focus")));
  async function copyPicture(side: number): Promise<void> {
    await x.copy(noisePng(side), "image/png");
    await eventually(async () => expect(decodePng(await decoded("image/png")).width).toBe(side));
  }

  // Browsers rewrite PNG and HTML; the rewritten content was sent back and replaced the desktop's.
  test("content from the desktop is not sent back to it", async () => {
    await copyPicture(61);
    const before = await serial();
    for (let count = 0; count < 3; count += 1) await look();
    await copyPicture(62);
    expect(await serial()).toBe(before + 1);
    await x.copy("<i>only html</i>", "text/html");
    await eventually(async () => expect((await decoded("text/html")).toString()).toContain("only html"));
    const after = await serial();
    for (let count = 0; count < 3; count += 1) await look();
    await copyPicture(63);
    expect(await serial()).toBe(after + 1);
  });

  test("view only sends no picture", async () => {
    const copyHere = (side: number) =>
      page.evaluate(
        async (bytes) => {
          const png = new Blob([new Uint8Array(bytes)], { type: "image/png" });
          await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
        },
        [...noisePng(side)],
      );
    const before = await serial();
    await page.getByRole("button", { name: "View only" }).click();
    await copyHere(65);
    for (let count = 0; count < 3; count += 1) await look();
    await page.getByRole("button", { name: "View only" }).click();
    await copyHere(66);
    await look();
    await eventually(async () => expect(decodePng(await x.paste("image/png")).width).toBe(66));
    expect(await serial()).toBe(before + 1);
  });

  const writeHere = (letter: string, length: number) =>
    page.evaluate(([letter, length]) => navigator.clipboard.writeText(letter.repeat(length)), [
      letter,
      length,
    ] as const);
  const hereIs = (text: string) =>
    eventually(async () => {
      const same = await page.evaluate(
        async ([letter, length]) => (await navigator.clipboard.readText()) === letter.repeat(length),
        [text[0] ?? "", text.length] as const,
      );
      expect(same).toBe(true);
    });
  const pasteText = async () => (await x.paste("UTF8_STRING")).toString();
  const says = (words: string) => page.locator(".clipboard-toast", { hasText: words }).waitFor();
  /** Closes the panel, behind which the notices are hidden. */
  const closePanel = () => page.getByRole("button", { name: "Close controls" }).click();

  // More than 256 KiB did not leave the desktop, without a word; 2 MiB from here emptied its clipboard, with "Sent".
  test("16 MiB of text go both ways, and one byte more is refused in sight and changes nothing", async () => {
    await closePanel();
    await x.copy("s");
    await hereIs("s");
    await writeHere("U", 2 ** 24 + 1);
    await look();
    await says("Clipboard not sent: larger than 16\u00a0MiB. The desktop keeps what it had.");
    expect(await pasteText()).toBe("s");
    await page.locator(".clipboard-toast").click();
    // The same content is not refused again at each look.
    await look();
    await writeHere("u", 2 ** 24);
    await look();
    await eventually(async () => expect((await pasteText()) === longText("u")).toBe(true));
    expect(await page.isVisible(".clipboard-toast")).toBe(false);
    await x.copy(longText("D", 1));
    await says("Not copied from the desktop: larger than 16\u00a0MiB. Your clipboard keeps what it had.");
    await hereIs(longText("u"));
    await x.copy(longText("d"));
    await hereIs(longText("d"));
    await eventually(async () => expect(await page.isVisible(".clipboard-toast")).toBe(false));
    await openPanel(page, "clipboard");
  });

  test("the panel says that a text is sent only when the gateway has answered so", async () => {
    const note = page.locator("#clipboard-note");
    const field = page.locator("#clipboard-text");
    const asked: Route[] = [];
    await page.route("**/api/clipboard", (route) => void asked.push(route));
    const next = async () => {
      await eventually(() => expect(asked).toHaveLength(1));
      return asked.shift() as Route;
    };
    await field.fill("one");
    const first = await next();
    expect(await note.textContent()).toBe("");
    // What is typed meanwhile is sent after it.
    await field.fill("two");
    await first.continue();
    const second = await next();
    expect(await note.textContent()).toBe("");
    await second.continue();
    await eventually(async () => expect(await note.textContent()).toBe("Sent to the desktop."));
    expect(await pasteText()).toBe("two");
    await field.fill("three");
    await (await next()).fulfill({ status: 503 });
    await eventually(async () => expect(await note.textContent()).toContain("did not take it"));
    await field.fill("four");
    await (await next()).fulfill({ status: 413 });
    await eventually(async () => expect(await note.textContent()).toContain("a proxy on the way"));
    expect(await pasteText()).toBe("two");
    await page.unroute("**/api/clipboard");
  });

  test("content copied here is sent to the desktop once", async () => {
    const before = await serial();
    await page.evaluate(() =>
      navigator.clipboard.write([
        new ClipboardItem({
          "text/html": new Blob(["<b>bold</b>"], { type: "text/html" }),
          "text/plain": new Blob(["bold"], { type: "text/plain" }),
        }),
      ]),
    );
    await look();
    await eventually(async () => expect((await x.paste("text/html")).toString()).toContain("bold</b>"));
    expect((await x.paste("UTF8_STRING")).toString()).toBe("bold");
    for (let count = 0; count < 3; count += 1) await look();
    await copyPicture(64);
    expect(await serial()).toBe(before + 2);
  });
});

/** A text of ASCII, as long as the limit unless `more` is given. */
const longText = (letter: string, more = 0) => letter.repeat(2 ** 24 + more);

function openGateway({ folder, number }: { folder: string; number: number }): Gateway {
  const { log } = memoryLog();
  const options: SideOptions = {
    environment: { DISPLAY: `:${number}` },
    directories: { home: folder, runtime: folder } as SideOptions["directories"],
    ports: sidePorts({}, log),
    log,
  };
  return startGateway({
    port: 0,
    identity: openIdentity({}, folder, log),
    authenticator: new Authenticator({ owner: "secret" }),
    websockify: createWebsockify({ target: join(folder, "rfb.sock"), log }),
    services: [openClipboard(options)],
    assets: loadAssets(join(folder, "www")),
    frameAncestors: "'self'",
    workspace: "test",
    title: "Test",
    report: () => ({ phase: "running", ready: true, uptime: 0, services: {} }),
    allowedOrigins: [],
    log,
  });
}
