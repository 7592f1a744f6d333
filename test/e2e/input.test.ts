import type { Browser } from "playwright-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { layouts, press } from "../client/layouts.ts";
import { painted, visit } from "../helpers/browser.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { openPanel } from "../helpers/panel.ts";
import { pointerOf } from "../helpers/pointer.ts";
import { sharedBrowser, sharedDesktop } from "../helpers/shared.ts";

// The image has another version of the display server than this machine, which test/client uses.
describe("keyboards of other countries on the real desktop", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    [browser, { container }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  // RFB has no relative motion: a first-person game turned only as far as the desktop's edge.
  test("a locked mouse moves the pointer relatively, from any place", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await painted(page);
    const asked = page.waitForEvent("websocket", (socket) => socket.url().endsWith("/pointer"));
    await openPanel(page, "keys");
    await page.getByRole("button", { name: "Lock mouse" }).click();
    const way = await asked;
    let sent = 0;
    way.on("framesent", () => {
      sent += 1;
    });
    const move = (x: number, y: number) =>
      page.evaluate(`document.pointerLockElement?.dispatchEvent(
        new MouseEvent("mousemove", { bubbles: true, movementX: ${x}, movementY: ${y} }))`);
    await eventually(async () => {
      await move(1, 0);
      expect(sent).toBeGreaterThan(0);
    });
    await eventually(async () => {
      await move(-9_000, -9_000);
      expect(await pointerOf(container)).toBe("0 0");
    });
    await move(200, 100);
    await move(-50, 20);
    await eventually(async () => expect(await pointerOf(container)).toBe("150 120"), { timeout: PATIENCE });
  });

  test("type their own characters, and hundreds of others", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await painted(page);
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+Alt+t");
    await container.shows("Terminal");
    const kanji = [...Array(160).keys()].map((at) => String.fromCodePoint(0x4e00 + 7 * at));
    const keypad = ["1", ",", "7", "+", "3"];
    const codes = ["Numpad1", "NumpadDecimal", "Numpad7", "NumpadAdd", "Numpad3"];
    const lines = [
      ...Object.values(layouts),
      // With num lock here and without it there.
      keypad.map((key, at) => ({ key, code: codes[at] ?? "", num: true })),
      ...[0, 40, 80, 120].map((at) => kanji.slice(at, at + 40).map((key) => ({ key, code: "KeyA" }))),
    ];
    const hasTyped = (text: string) =>
      eventually(async () => expect(await container.exec("cat", "typed.txt")).toBe(text));
    await page.keyboard.type("cat > typed.txt\n");
    // Until the program runs, the shell's terminal settings hold, and Enter is another character.
    await hasTyped("");
    const typed: string[] = [];
    for (const presses of lines) {
      await press(page, presses);
      await page.keyboard.press("Enter");
      typed.push(`${presses.map(({ key }) => key).join("")}\n`);
      await hasTyped(typed.join("").trim());
    }
  });
});
