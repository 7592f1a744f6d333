import { writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";

/**
 * What a page of Chromium shows, as a PNG, which is also written to `path`. Playwright compresses its pictures well: that
 * takes a third of a second of the processor, and tests look again and again.
 */
export async function shoot(page: Page, path?: string): Promise<Buffer> {
  // Another session of the debugger than Playwright's would end the density that Playwright emulates.
  if ((await page.evaluate("devicePixelRatio")) !== 1)
    return page.screenshot(path === undefined ? {} : { path });
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "png", optimizeForSpeed: true });
  await devtools.detach();
  const png = Buffer.from(data, "base64");
  if (path !== undefined) await writeFile(path, png);
  return png;
}
