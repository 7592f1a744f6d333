import type { Page } from "playwright-core";

/** Fills in the sign-in page, if a page shows that. */
export async function signIn(page: Page, password: string, user = "kasm_user"): Promise<void> {
  if ((await page.locator("#username").count()) === 0) return;
  await page.locator("#username").fill(user);
  await page.locator("#password").fill(password);
  await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
}
