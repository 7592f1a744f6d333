import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { HEADLESS } from "../helpers/chromium.ts";
import { goTo } from "../helpers/go-to.ts";
import { shoot } from "../helpers/shoot.ts";
import { signIn } from "../helpers/sign-in.ts";
import { type Harness, openHarness } from "../runtime/gateway/harness.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const axe = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");
const canRun = existsSync(HEADLESS.executablePath);

describe.runIf(canRun)(`signing in${canRun ? "" : ` (no ${HEADLESS.executablePath})`}`, () => {
  let browser: Browser;
  let h: Harness;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    browser = await chromium.launch(HEADLESS);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    h = await openHarness();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    h.close();
  });

  const url = () => `https://127.0.0.1:${h.port}/`;

  async function open(options: BrowserContextOptions = {}, address = url()): Promise<Page> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    await goTo(page, address);
    return page;
  }

  /** What axe finds wrong with a page. */
  async function faults(page: Page): Promise<unknown[]> {
    await page.evaluate(axe);
    return await page.evaluate(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
      [id, ...nodes.map(({ html }) => html)]))`);
  }

  test.each<[string, BrowserContextOptions, string]>([
    ["light", { colorScheme: "light" }, ""],
    ["dark", { colorScheme: "dark" }, "?lang=de"],
    ["phone", { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }, "?lang=de"],
  ])("the page is sound in all its states: %s", async (name, options, query) => {
    const page = await open({ viewport: { width: 1280, height: 800 }, ...options }, url() + query);
    const looks = async (state: string) => {
      await shoot(page, join(screenshots, `sign-in-${state}-${name}.png`));
      expect(await faults(page)).toEqual([]);
      const overflow = "document.documentElement.scrollWidth > innerWidth";
      expect(await page.evaluate(overflow)).toBe(false);
    };
    await looks("first");
    expect(await page.locator("#username").inputValue()).toBe("kasm_user");
    expect(await page.evaluate("document.activeElement.id")).toBe("password");
    await signIn(page, "wrong");
    await page.getByRole("alert").waitFor();
    await looks("wrong");
    for (let count = 0; count < 5; count += 1) await signIn(page, "wrong");
    await page.getByText(/Try again in|Versuchen Sie es in/).waitFor();
    await looks("paused");
    await goTo(page, `${url()}signed-in${query}`);
    await looks("cookie");
  });

  // Chromium sends "Origin: null" with a form of a page without referrers.
  test("the form signs in without scripts, and keeps the query", async () => {
    const page = await open({ javaScriptEnabled: false }, `${url()}?lang=de`);
    await signIn(page, "secret");
    await page.getByText("desktop").first().waitFor();
    expect(page.url()).toBe(`${url()}?lang=de`);
    expect(await page.context().cookies()).toMatchObject([
      { secure: true, httpOnly: true, sameSite: "Strict", path: "/", expires: -1 },
    ]);
  });

  /** A page of another site, until the test ends. */
  async function elsewhere(html: string): Promise<string> {
    const server = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  }

  // A strict cookie does not come with it, so that somebody who had signed in had to do so again.
  test("a link of another site leads to the desktop of whoever has signed in", async () => {
    const page = await open();
    await signIn(page, "secret");
    await page.getByText("desktop").first().waitFor();
    await goTo(page, await elsewhere(`<a href="${url()}?lang=de">go</a>`));
    await page.getByText("go").click();
    await page.getByText("desktop").first().waitFor();
    expect(page.url()).toBe(`${url()}?lang=de`);
    await page.context().clearCookies();
    await goTo(page, await elsewhere(`<a href="${url()}?lang=de">go</a>`));
    await page.getByText("go").click();
    await page.waitForURL(`${url()}sign-in?lang=de`);
    await signIn(page, "secret");
    await page.getByText("desktop").first().waitFor();
  });

  test("a form of another site signs nobody in", async () => {
    const fields = '<input name="username" value="kasm_user"><input name="password" value="secret">';
    const page = await open(
      {},
      await elsewhere(`<form method="post" action="${url()}sign-in">${fields}<button>go</button></form>`),
    );
    await page.getByText("go").click();
    await page.getByText("takes this page for another site's").waitFor();
    await shoot(page, join(screenshots, "sign-in-origin.png"));
    expect(await faults(page)).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
  });
});
