import type { Page } from "playwright-core";
import { expect } from "vitest";
import { screenshot } from "./browser.ts";
import type { TestContainer } from "./container.ts";
import { eventually, PATIENCE } from "./eventually.ts";

/** A point of an icon of the desktop, by its column and row from the left upper corner. */
export function iconAt(column: number, row: number): { readonly x: number; readonly y: number } {
  return { x: 60 + 105 * column, y: 40 + 108 * row };
}

/**
 * Hides all windows and double-clicks an icon, again when that was too slow for a double click, until `opened` passes. A
 * busy window manager hides windows late, and a click that comes first goes to the window above the icon.
 */
export async function openIcon(
  page: Page,
  container: TestContainer,
  { x, y }: { readonly x: number; readonly y: number },
  opened: () => Promise<unknown>,
): Promise<void> {
  const open = async () => {
    await container.exec("wmctrl", "-k", "on");
    const mode = async () => expect(await container.exec("wmctrl", "-m")).toMatch(/desktop" mode: ON/);
    await eventually(mode, { timeout: PATIENCE });
    await page.locator("html[data-state=connected]").waitFor({ timeout: PATIENCE });
    // Without a click beside the icons, xfdesktop takes the first of two for the focus alone, each second time.
    await page.mouse.click(x + 600, y + 300);
    await page.mouse.dblclick(x, y);
    await opened().catch(async (error) => {
      await screenshot(page, "icon-not-opened");
      throw error;
    });
  };
  await eventually(open, { timeout: 2 * PATIENCE });
}

/** Waits until a window with these words in its title has the keyboard. */
export async function hasKeyboard(container: TestContainer, title: string): Promise<void> {
  const look = async () => {
    const active = await container.exec("xprop", "-root", "_NET_ACTIVE_WINDOW");
    const id = /0x[0-9a-f]+/.exec(active)?.[0] ?? "none";
    const name = await container.exec("xprop", "-id", id, "_NET_WM_NAME");
    if (!name.includes(title)) throw new Error(`${name} has the keyboard, not ${title}`);
  };
  await eventually(look, { timeout: PATIENCE });
}
