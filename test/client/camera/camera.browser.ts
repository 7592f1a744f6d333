import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cameraSocket } from "../../../src/runtime/devices/environment.ts";
import { openCameraProgram } from "../../helpers/camera-program.ts";
import { CHROMIUM } from "../../helpers/chromium.ts";
import { eventually } from "../../helpers/eventually.ts";
import { goTo } from "../../helpers/go-to.ts";
import { openPanel } from "../../helpers/panel.ts";
import { missingPrograms, startDesktop } from "../desktop.ts";
import { lowContrast, smallButtons } from "../inspect.ts";

const screenshots = join(import.meta.dirname, "../../../test-output/client");
/** Its picture moves. */
const FAKE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const canRun = missingPrograms.length === 0;
const title = `the camera in Chromium${canRun ? "" : ` (not run: no ${missingPrograms.join(", ")})`}`;

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    desktop = await startDesktop();
    browser = await chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args, ...FAKE] });
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await desktop.startRelay();
  });

  async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ permissions: ["camera"], ...options });
    const page = await context.newPage();
    complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await goTo(page, desktop.url);
    await openPanel(page, "sound");
    await page.getByRole("button", { name: "Turn camera on" }).waitFor();
    return page;
  }

  async function turnOn(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Turn camera on" }).click();
    await signIs(page, "Camera on");
  }

  const program = () => openCameraProgram(cameraSocket({ home: desktop.folder, runtime: desktop.folder }));
  const signIs = (page: Page, text: string) =>
    eventually(async () => expect(await page.locator("#camera-sign").textContent()).toBe(text));
  const noteIs = (page: Page, text: RegExp) =>
    eventually(async () => expect(await page.locator("#camera-note").textContent()).toMatch(text));

  test("records nothing before the click, shows it all the time after, and sends pictures that move", async () => {
    const page = await open();
    expect(await page.locator("#camera-sign").isHidden()).toBe(true);
    const looks = await program();
    looks.wish(1);
    await eventually(() => expect(looks.pictures()).toHaveLength(1));
    await turnOn(page);
    expect(await page.title()).toMatch(/^📷 ./);
    await eventually(() => {
      looks.wish(1);
      const different = new Set(looks.pictures().map((picture) => picture.toString("base64")));
      expect(different.size).toBeGreaterThan(5);
    });
    expect(await sizeOf(page, looks.pictures().at(-1))).toEqual([640, 480]);
    await page.locator("#camera-sign").click();
    expect(await page.locator("#camera-sign").isHidden()).toBe(true);
    expect(await page.title()).not.toContain("📷");
    looks.close();
    expect(complaints).toEqual([]);
  });

  test("of another tab takes its place, and this one says so", async () => {
    const page = await open();
    await turnOn(page);
    await turnOn(await open());
    await noteIs(page, /^Another tab or device shows its camera now/);
    expect(await page.locator("#camera-sign").isHidden()).toBe(true);
  });

  test("goes off with the connection, and does not come back by itself", async () => {
    const page = await open();
    await turnOn(page);
    await desktop.killRelay();
    await noteIs(page, /^The connection was lost/);
    await desktop.startRelay();
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    expect(await page.locator("#camera-toggle").getAttribute("aria-pressed")).toBe("false");
  });

  test("that is refused or missing says what to do", async () => {
    const page = await open();
    for (const [name, note] of [
      ["NotAllowedError", /^The browser does not allow the camera/],
      ["NotFoundError", /^No camera was found/],
      ["NotReadableError", /^The camera cannot be opened/],
    ] as const) {
      await page.evaluate((fault) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", fault));
      }, name);
      await page.getByRole("button", { name: "Turn camera on" }).click();
      await noteIs(page, note);
    }
  });

  test.each([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["phone", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "de" }],
  ] as const)("can be read and touched: %s", async (name, options) => {
    const context = await browser.newContext({ permissions: ["camera", "microphone"], ...options });
    const page = await context.newPage();
    await goTo(page, desktop.url);
    await openPanel(page, "sound");
    await page.locator("#camera-toggle").click();
    await page.locator("#camera-sign[data-phase=on]").waitFor();
    await page.locator("#camera-preview").scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(screenshots, `camera-${name}.png`) });
    expect(await lowContrast(page)).toEqual([]);
    if (name === "phone") expect(await smallButtons(page)).toEqual([]);
  });
});

/** The size of a JPEG, by the browser. */
function sizeOf(page: Page, jpeg: Buffer | undefined): Promise<number[]> {
  return page.evaluate(
    async (bytes) => {
      const picture = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      return [picture.width, picture.height];
    },
    [...(jpeg ?? [])],
  );
}
