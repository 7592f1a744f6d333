import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { layouts, press } from "../client/layouts.ts";
import { launchBrowser, painted, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";

// The display server of the image is another version than this machine's, which test/client tries all the rest with.
describe("keyboards of other countries on the real desktop", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    [browser, container] = await Promise.all([launchBrowser(), startContainer({ image: inject("image") })]);
  });

  afterAll(async () => {
    await browser?.close();
    await container?.remove();
  });

  test("type what is printed on them, and hundreds of other characters", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await painted(page);
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+Alt+t");
    await container.shows("Terminal");
    const kanji = [...Array(160).keys()].map((at) => String.fromCodePoint(0x4e00 + 7 * at));
    const lines = [
      ...Object.values(layouts),
      ...[0, 40, 80, 120].map((at) => kanji.slice(at, at + 40).map((key) => ({ key, code: "KeyA" }))),
    ];
    await page.keyboard.type("cat > typed.txt\n");
    const typed: string[] = [];
    for (const presses of lines) {
      await press(page, presses);
      await page.keyboard.press("Enter");
      typed.push(`${presses.map(({ key }) => key).join("")}\n`);
      await eventually(
        async () => expect(await container.exec("cat", "typed.txt")).toBe(typed.join("").trim()),
        {
          timeout: PATIENCE,
        },
      );
    }
  });
});
