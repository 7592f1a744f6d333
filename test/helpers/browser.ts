import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { eventually } from "./eventually.ts";
import { coloursOf, decodePng, type Picture } from "./picture.ts";

const executablePath = "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const screenshots = join(import.meta.dirname, "../../test-output/e2e");

/** Milliseconds that something seen in the browser may take on a busy machine. */
export const PATIENCE = 60_000;

/** Headless Chromium. Throws when it is not installed. */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`The end-to-end tests need ${executablePath}: apt-get install chromium`);
  }
  await mkdir(screenshots, { recursive: true });
  return chromium.launch({ executablePath, args });
}

/** A visitor's page and what the browser complained about on it. */
export interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens the client in a profile of its own, signed in, and waits until it is connected. */
export async function visit(
  browser: Browser,
  url: string,
  password: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    httpCredentials: { username: "kasm_user", password },
    ignoreHTTPSErrors: true,
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.text().includes("Content Security"))
      complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(url);
  await stateIs(page, "connected").catch((cause) => {
    throw new Error(`The client does not connect. The browser says: ${complaints.join("; ")}`, { cause });
  });
  return { page, complaints };
}

/** Waits until the client shows this connection state. */
export async function stateIs(page: Page, state: string): Promise<void> {
  const shown = async () => expect(await page.getAttribute("html", "data-state")).toBe(state);
  await eventually(shown, { timeout: PATIENCE });
}

/** What the visitor sees, also kept as test-output/e2e/<name>.png. */
export async function screenshot(page: Page, name: string): Promise<Picture> {
  return decodePng(await page.screenshot({ path: join(screenshots, `${name}.png`) }));
}

/** Waits until the picture is a desktop, as far as one can tell from many colours in its upper and lower half. */
export async function painted(page: Page, name: string): Promise<Picture> {
  return eventually(
    async () => {
      const picture = await screenshot(page, name);
      const { width, height } = picture;
      const middle = Math.round(height / 2);
      const upper = coloursOf(picture, { left: 0, top: 0, right: width, bottom: middle });
      const lower = coloursOf(picture, { left: 0, top: middle, right: width, bottom: height });
      expect(Math.min(upper.length, lower.length)).toBeGreaterThan(20);
      return picture;
    },
    { timeout: PATIENCE, interval: 200 },
  );
}
