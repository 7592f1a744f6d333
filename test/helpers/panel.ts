import type { Page } from "playwright-core";

/** Opens the panel, if it is closed, and a section of it. */
export async function openPanel(page: Page, section?: (typeof SECTIONS)[number]): Promise<void> {
  if (await page.locator("#panel").isHidden()) await page.locator("#handle").click();
  if (section === undefined) return;
  const place = page.locator(`#section-${section}`);
  if ((await place.getAttribute("open")) === null) await place.locator("summary").click();
}

/** The sections of the panel. */
export const SECTIONS = ["clipboard", "files", "sound", "display", "keys", "people", "more"] as const;
