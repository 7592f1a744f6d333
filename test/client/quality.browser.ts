import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { features } from "../../src/client/features.ts";
import { german } from "../../src/client/translations/de.ts";
import { spanish } from "../../src/client/translations/es.ts";
import { french } from "../../src/client/translations/fr.ts";
import { japanese } from "../../src/client/translations/ja.ts";
import { chinese } from "../../src/client/translations/zh.ts";
import { traditionalChinese } from "../../src/client/translations/zh-hant.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel, SECTIONS } from "../helpers/panel.ts";
import { missingPrograms, startDesktop } from "./desktop.ts";
import { overflowing, smallButtons, textsOf } from "./inspect.ts";

const canRun = missingPrograms.length === 0;
const title = canRun ? "the client's quality" : `quality (not run: no ${missingPrograms.join(", ")})`;

/** Features without a section of their own in the panel. */
const WITHOUT_SECTION = ["clipboard", "pointer", "screen", "limits"];

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;

  beforeAll(async () => {
    [desktop, browser] = await Promise.all([startDesktop(), chromium.launch(HEADLESS)]);
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  /** Opens the page; `services` simulates a server that offers them. */
  async function open(
    options: BrowserContextOptions = {},
    query = "",
    services: Readonly<Record<string, object>> = {},
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    await page.route("**/api/services", (route) =>
      route.fulfill({ json: services, headers: { "Kasmix-Gateway": "1" } }),
    );
    await goTo(page, desktop.url + query);
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    return page;
  }

  test("the statistics show frames, latency and bandwidth of a moving picture", async () => {
    const page = await open();
    await page.mouse.click(200, 200);
    await page.keyboard.type("while :; do date +%N; done\n");
    await openPanel(page, "more");
    const figures = () => page.locator("#figures dd").allTextContents();
    await eventually(async () => {
      const [frames = "", latency = "", bandwidth = ""] = await figures();
      expect(Number.parseInt(frames, 10)).toBeGreaterThan(2);
      expect(latency).toMatch(/^\d+ ms$/);
      expect(bandwidth).toMatch(/^[1-9][\d.]* [kM]bit\/s$/);
    });
    // The other tests must not have the moving picture. The shell misses the key between two programs.
    await page.mouse.click(500, 300);
    await eventually(
      async () => {
        await page.keyboard.press("Control+c");
        expect((await figures())[0]).toBe("0 per second");
      },
      { interval: 1_500 },
    );
  });

  test("speaks the browser's language, or the one in the address", async () => {
    const page = await open({ locale: "de-DE" });
    expect(await page.getAttribute("html", "lang")).toBe("de");
    await page.getByRole("button", { name: "Bedienfeld", exact: true }).click();
    await openPanel(page, "keys");
    await page.getByRole("button", { name: "Strg Alt Entf" }).waitFor();
    expect(await page.textContent("#panel-status")).toBe("Verbunden");
    expect(await page.getByText(/Clipboard|Statistics|Keys\b/).count()).toBe(0);
    const english = await open({ locale: "de-DE" }, "?lang=en");
    expect(await english.textContent("#panel-status")).toBe("Connected");
  });

  // Sections that only some servers have were English in every language.
  test.each(
    Object.entries({
      de: german,
      es: spanish,
      fr: french,
      ja: japanese,
      zh: chinese,
      "zh-Hant": traditionalChinese,
    }),
  )("has no English text left in %s, whatever services there are, and fits", async (language, table) => {
    const services = Object.fromEntries(features.map(({ service }) => [service, { limit: 1_000_000 }]));
    const textsIn = async (language: string) => {
      const page = await open({}, `?lang=${language}`, services);
      await eventually(async () =>
        expect(await page.locator("[id^=groups] > .group").count()).toBe(
          features.length - WITHOUT_SECTION.length,
        ),
      );
      for (const section of SECTIONS) {
        await openPanel(page, section);
        // The arrow is wider while it turns.
        await page.waitForFunction(() =>
          document.getAnimations().every(({ playState }) => playState === "finished"),
        );
        expect(await overflowing(page)).toEqual([]);
      }
      return await textsOf(page);
    };
    const [english, translated] = [await textsIn("en"), new Set(await textsIn(language))];
    expect(english.length).toBeGreaterThan(70);
    const same = new Set<string>(
      Object.entries(table).flatMap(([text, words]) => (text === words ? [text] : [])),
    );
    // The folder has this name in every language.
    same.add("Downloads");
    expect(english.filter((text) => translated.has(text) && !same.has(text))).toEqual([]);
  });

  test("can be installed as an app", async () => {
    const page = await open();
    const devtools = await page.context().newCDPSession(page);
    const { errors, data } = await devtools.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    expect(JSON.parse(data ?? "{}")).toMatchObject({ display: "standalone" });
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  });

  test("fits a tablet, portrait and landscape", async () => {
    for (const viewport of [
      { width: 768, height: 1024 },
      { width: 1024, height: 768 },
    ]) {
      const page = await open({ viewport, hasTouch: true, isMobile: true });
      await openPanel(page);
      const panel = await page.locator("#panel").boundingBox();
      expect((panel?.x ?? 0) + (panel?.width ?? 0)).toBeLessThan(viewport.width);
      expect((panel?.y ?? 0) + (panel?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      expect(await smallButtons(page)).toEqual([]);
    }
  });
});
