import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { features } from "../../src/client/features.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel, SECTIONS } from "../helpers/panel.ts";
import { shoot } from "../helpers/shoot.ts";
import { missingPrograms, startDesktop } from "./desktop.ts";
import { lowContrast, overflowing, smallButtons } from "./inspect.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const canRun = missingPrograms.length === 0;
const title = canRun ? "the panel" : `the panel (not run: no ${missingPrograms.join(", ")})`;
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    [desktop, browser] = await Promise.all([startDesktop(), chromium.launch(HEADLESS)]);
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  /** Opens the page of a server that says it has every service, with an empty home. */
  async function open(options: BrowserContextOptions = {}, query = ""): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const services = Object.fromEntries(features.map(({ service }) => [service, {}]));
    const headers = { "Kasmix-Gateway": "1", "Kasmix-Role": "owner" };
    await page.route("**/api/services", (route) => route.fulfill({ json: services, headers }));
    await page.route("**/api/files/**", (route) =>
      route.fulfill({ json: { entries: [], more: false }, headers }),
    );
    await goTo(page, desktop.url + query);
    await connected(page);
    return page;
  }

  async function connected(page: Page): Promise<void> {
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    await page.locator("#groups-files > .group").last().waitFor({ state: "attached" });
  }

  const openSections = (page: Page) =>
    page
      .locator("#sections > [open]")
      .evaluateAll((sections) => sections.map(({ id }) => id.replace("section-", "")));
  /** The words of everything that the panel shows below its search field. */
  const shown = (page: Page) =>
    page
      .locator(".panel-body")
      .allInnerTexts()
      .then((texts) => texts.join());
  const still = (page: Page) =>
    page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState === "finished"));

  test("one section is open at a time, and again at the next visit", async () => {
    const page = await open();
    await openPanel(page);
    expect(await openSections(page)).toEqual([]);
    for (const section of ["files", "display"] as const) {
      await openPanel(page, section);
      await eventually(async () => expect(await openSections(page)).toEqual([section]));
    }
    await page.reload();
    await connected(page);
    await openPanel(page);
    await page.getByRole("radio", { name: "Actual size" }).waitFor();
    expect(await openSections(page)).toEqual(["display"]);
    await page.locator("#section-display > summary").click();
    await page.reload();
    await connected(page);
    expect(await openSections(page)).toEqual([]);
  });

  // "Stop recording" is switched off until the server has answered, and lost the focus: Escape did nothing.
  test("Escape closes the panel also when its button has lost the focus", async () => {
    const page = await open();
    await openPanel(page);
    await page.locator("#search").blur();
    await page.keyboard.press("Escape");
    expect(await page.locator("#panel").isHidden()).toBe(true);
  });

  // A file that a program had saved was missing until "Refresh".
  test("files are listed anew whenever their section is opened", async () => {
    const page = await open();
    let name = "first.txt";
    let asked = 0;
    await page.route("**/api/files/**", (route) => {
      asked += 1;
      const json = { entries: [{ name, type: "file", size: 1 }], more: false };
      return route.fulfill({ json, headers: { "Kasmix-Gateway": "1" } });
    });
    await openPanel(page);
    expect(asked).toBe(0);
    await openPanel(page, "files");
    await page.getByRole("link", { name: "first.txt" }).waitFor();
    await openPanel(page, "display");
    name = "renamed.txt";
    await openPanel(page, "files");
    await page.getByRole("link", { name: "renamed.txt" }).waitFor();
  });

  test("typing finds settings by their words in the visitor's language, without accents and case", async () => {
    const page = await open({}, "?lang=de");
    await openPanel(page, "keys");
    await page.locator("#search").fill("LAUTSTARKE");
    await eventually(async () =>
      expect(await shown(page)).toMatch(/^Ton und Mikrofon\s+Ton\s+Lautstärke\s+100 %$/),
    );
    await shoot(page, join(screenshots, "panel-search.png"));
    await page.locator("#search").fill("alt tab");
    await eventually(async () => expect(await shown(page)).toMatch(/^Tasten und Maus\s+Strg Alt Entf/));
    // A section's own name finds all of it, a group's that group.
    await page.locator("#search").fill("anzeige");
    await eventually(async () => expect(await shown(page)).toMatch(/Originalgröße.*Farbschema/s));
    await page.locator("#search").fill("gamepads");
    await eventually(async () =>
      expect(await shown(page)).toMatch(/^Tasten und Maus\s+Gamepads\s+Gamepads benutzen/),
    );
    await page.locator("#search").fill("vollbild");
    await eventually(async () => expect(await shown(page)).toMatch(/^Vollbild/));
    await page.locator("#search").fill("xyz");
    await page.getByText("Nichts gefunden.").waitFor();
    await page.keyboard.press("Escape");
    expect(await openSections(page)).toEqual(["keys"]);
    expect(await shown(page)).toContain("Anzeige");
    await page.getByRole("button", { name: "Nur ansehen" }).click();
    await page.locator("#search").fill("alt tab");
    await page.getByText("Nichts gefunden.").waitFor();
  });

  test.each([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["dense", { colorScheme: "dark", deviceScaleFactor: 2 }],
    ["phone-light", { ...phone, colorScheme: "light" }],
    ["phone-dark", { ...phone, colorScheme: "dark", deviceScaleFactor: 2 }],
  ] as const)(
    "has no fault of accessibility in any section, and fits the window: %s",
    async (name, options) => {
      const page = await open(options);
      await expectAccessible(page);
      await openPanel(page);
      for (const section of SECTIONS) {
        await openPanel(page, section);
        await still(page);
        await shoot(page, join(screenshots, `panel-${section}-${name}.png`));
        await expectAccessible(page);
        await expectToFit(page);
      }
      await page.locator("#search").fill("e");
      await expectAccessible(page);
      await expectToFit(page);
      await page.locator("#search").fill("xyz");
      await expectAccessible(page);
      if ("hasTouch" in options) expect(await smallButtons(page)).toEqual([]);
    },
  );

  async function expectToFit(page: Page): Promise<void> {
    const { x, y, width, height } = (await page.locator("#panel").boundingBox()) ?? expect.fail("no panel");
    const window = page.viewportSize();
    expect([x >= 0, y >= 0]).toEqual([true, true]);
    expect(x + width).toBeLessThanOrEqual(window?.width ?? 0);
    expect(y + height).toBeLessThanOrEqual(window?.height ?? 0);
    expect(await overflowing(page)).toEqual([]);
    expect(await lowContrast(page)).toEqual([]);
    expect(await page.locator(".panel-body").evaluate((body) => body.scrollWidth - body.clientWidth)).toBe(0);
  }

  test("the handle is a sliver that goes where it is dragged or sent by keys, and the panel opens beside it", async () => {
    const page = await open();
    const handle = page.locator("#handle");
    const box = async () => (await handle.boundingBox()) ?? expect.fail("no handle");
    const placeIs = (x: number, y: number) =>
      eventually(async () => {
        const { x: left, y: top, width, height } = await box();
        expect([Math.round(left + (x > 0 ? width : 0)), Math.round(top + height / 2)]).toEqual([x, y]);
      });
    expect((await box()).width).toBeLessThanOrEqual(8);
    await shoot(page, join(screenshots, "handle-left.png"));
    await page.mouse.move(4, 400);
    await page.mouse.down();
    await page.mouse.move(700, 300, { steps: 4 });
    await page.mouse.move(1200, 200, { steps: 4 });
    await page.mouse.up();
    await placeIs(1280, 200);
    expect(await page.locator("#panel").isHidden()).toBe(true);
    await page.reload();
    await connected(page);
    await placeIs(1280, 200);
    await shoot(page, join(screenshots, "handle-right.png"));
    await openPanel(page, "display");
    await still(page);
    await shoot(page, join(screenshots, "panel-right.png"));
    expect((await page.locator("#panel").boundingBox())?.x).toBeGreaterThan(900);
    await page.keyboard.press("Escape");
    await handle.focus();
    await page.keyboard.press("ArrowDown");
    await placeIs(1280, 240);
    await page.keyboard.press("ArrowLeft");
    await placeIs(0, 240);
    await page.keyboard.press("Enter");
    expect(await page.locator("#panel").isVisible()).toBe(true);
  });

  test("a finger finds the handle within 24 pixels of the edge, and drags it", async () => {
    const page = await open(phone);
    const isHandle = (x: number, y: number) =>
      page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.closest("#handle") !== null, [
        x,
        y,
      ] as const);
    expect([await isHandle(23, 422), await isHandle(1, 390), await isHandle(60, 422)]).toEqual([
      true,
      true,
      false,
    ]);
    const finger = await page.context().newCDPSession(page);
    const touch = (
      type: "touchStart" | "touchMove" | "touchEnd",
      ...touchPoints: { x: number; y: number }[]
    ) => finger.send("Input.dispatchTouchEvent", { type, touchPoints });
    await touch("touchStart", { x: 10, y: 422 });
    for (const [x, y] of [
      [100, 500],
      [380, 600],
    ] as const)
      await touch("touchMove", { x, y });
    await touch("touchEnd");
    await eventually(async () => expect(await isHandle(370, 600)).toBe(true));
    expect(await page.locator("#panel").isHidden()).toBe(true);
    await shoot(page, join(screenshots, "handle-phone.png"));
    // For a moment Chromium takes a tap for the end of a finger's throw.
    await eventually(async () => {
      await page.touchscreen.tap(385, 600);
      expect(await page.locator("#panel").isVisible()).toBe(true);
    });
  });

  test.each(["light", "dark"] as const)(
    "files over the window: a sentence that can be read, %s",
    async (colorScheme) => {
      const page = await open({ colorScheme });
      const veil = page.locator(".drop-veil");
      const drag = (type: string) =>
        page.evaluate((type) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["x"], "x.txt"));
          document
            .querySelector("#desktop")
            ?.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true }));
        }, type);
      await drag("dragenter");
      await veil.getByText("Drop the files to upload them.").waitFor();
      expect(await veil.boundingBox()).toEqual({ x: 0, y: 0, width: 1280, height: 800 });
      await expectAccessible(page);
      await shoot(page, join(screenshots, `drop-${colorScheme}.png`));
      await drag("dragleave");
      expect(await veil.isVisible()).toBe(false);
    },
  );

  test("the browser's question about the clipboard is announced once, in words, when the visitor pastes", async () => {
    const page = await open();
    const [question, queries] = [page.locator(".clipboard-question"), "clipboard-read"];
    const state = () =>
      page.evaluate(
        async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        queries,
      );
    expect(await state()).toBe("prompt");
    await openPanel(page, "clipboard");
    await page.locator("#clipboard-text").fill("by hand");
    await page.keyboard.press("Escape");
    await question.getByText("will ask you once.").waitFor();
    await expectAccessible(page);
    await shoot(page, join(screenshots, "clipboard-question.png"));
    await question.getByRole("button", { name: "Not now" }).click();
    expect(await question.isVisible()).toBe(false);
    await page.reload();
    await connected(page);
    await openPanel(page, "clipboard");
    await page.locator("#clipboard-text").fill("again");
    await eventually(async () => expect(await desktop.clipboard()).toBe("again"));
    await page.keyboard.press("Escape");
    expect(await question.isVisible()).toBe(false);
  });

  test("what the browser is going to ask about microphone and camera stands beside their buttons", async () => {
    const asked = await open();
    await openPanel(asked, "sound");
    await asked.getByText("The browser will ask whether this page may use your microphone.").waitFor();
    await asked.getByText("The browser will ask whether this page may use your camera.").waitFor();
    const granted = await open({ permissions: ["microphone", "camera"] });
    await openPanel(granted, "sound");
    await granted.getByRole("button", { name: "Turn microphone on" }).waitFor();
    expect(await granted.getByText("The browser will ask whether").count()).toBe(0);
  });
});

/** Fails on what axe finds in the page. */
async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
  );
  expect(faults).toEqual([]);
}
