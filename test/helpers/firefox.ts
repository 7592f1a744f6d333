import { existsSync } from "node:fs";
import puppeteer, { type KeyInput } from "puppeteer-core";
import type { Visitor, VisitorOptions } from "./visitor.ts";

const FIREFOX = "/usr/bin/firefox-esr";

/** What Firefox needs and this machine does not have. */
export const missingForFirefox = existsSync(FIREFOX) ? [] : ["firefox-esr"];

/** Opens the client in Debian's Firefox, headless, with a microphone that hums. */
export async function openFirefox({ url, password, environment }: VisitorOptions): Promise<Visitor> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    acceptInsecureCerts: true,
    env: { ...process.env, ...environment },
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
    },
  });
  const [page = await browser.newPage()] = await browser.pages();
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(url);
  await page.type("#password", password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  return {
    evaluate: (expression) => page.evaluate(expression) as Promise<never>,
    click: (selector) => page.click(selector),
    clickAt: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    async press(...keys) {
      for (const key of keys) await page.keyboard.down(key as KeyInput);
      for (const key of keys.toReversed()) await page.keyboard.up(key as KeyInput);
    },
    async choose(selector, file) {
      const input = await page.$(selector);
      await (input as Awaited<ReturnType<typeof page.$<"input">>>)?.uploadFile(file);
    },
    resize: (width, height) => page.setViewport({ width, height }),
    async reload() {
      await page.reload();
    },
    screenshot: async (options) => Buffer.from(await page.screenshot(options as object)),
    close: () => browser.close(),
  };
}
