import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { viewOf } from "../../src/registry/images.ts";
import { screenshot } from "./browser.ts";
import type { TestContainer } from "./container.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import type { Picture } from "./picture.ts";
import { toWebp, WIDTH } from "./to-webp.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Share of the pixels that may differ when nothing happens any more: a text cursor blinks. */
const BLINKING = 0.001;

/**
 * Takes the picture of a workspace's desktop for the registry's page, once nothing moves: without the page's handle, and
 * with a clock that always says the same. An unchanged desktop gives a picture that looks the same, not the same bytes.
 */
export async function keepPicture(name: string, page: Page, container: TestContainer): Promise<void> {
  await container.attempt("xfconf-query", "-c", "xfce4-panel", "-p", CLOCK, "-s", "10:00");
  await page.evaluate("document.querySelector('#handle').style.visibility = 'hidden'");
  // The pointer, which waits in the middle, goes to the right edge, where one column of it is left.
  const { width = 1, height = 0 } = page.viewportSize() ?? {};
  await page.mouse.move(width - 1, height / 2);
  let last = await screenshot(page);
  const isStill = async () => {
    const [before, now] = [last, await screenshot(page)];
    last = now;
    expect(difference(before, now), "share of pixels that changed").toBeLessThan(BLINKING);
  };
  // Long enough for a desktop whose panel comes late on a busy machine.
  for (let times = 0; times < 12; times += 1)
    await eventually(isStill, { timeout: PATIENCE, interval: 1_000 });
  const browser = page.context().browser();
  if (browser === null) throw new Error("the page has no browser");
  await mkdir(join(ROOT, viewOf(name), ".."), { recursive: true });
  await writeFile(join(ROOT, viewOf(name)), await toWebp(browser, await page.screenshot(), WIDTH));
}

/** Where the panel's clock has the format of its text (nix/common/etc/xdg/xfce4). */
const CLOCK = "/plugins/plugin-6/digital-time-format";

function difference(one: Picture, other: Picture): number {
  let differing = 0;
  for (let y = 0; y < one.height; y++)
    for (let x = 0; x < one.width; x++) if (one.pixel(x, y) !== other.pixel(x, y)) differing += 1;
  return differing / (one.width * one.height);
}
