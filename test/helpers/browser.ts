import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { HEADLESS } from "./chromium.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import { coloursOf, decodePng, type Picture } from "./picture.ts";
import { shoot } from "./shoot.ts";
import { signIn } from "./sign-in.ts";
import type { Visitor } from "./visitor.ts";

const screenshots = join(import.meta.dirname, "../../test-output/e2e");

/** Headless Chromium, with further flags. Throws when it is not installed. */
export async function launchBrowser(...flags: readonly string[]): Promise<Browser> {
  if (!existsSync(HEADLESS.executablePath)) {
    throw new Error(
      `The end-to-end tests need ${HEADLESS.executablePath}: apt-get install chromium-headless-shell`,
    );
  }
  await mkdir(screenshots, { recursive: true });
  return chromium.launch({ ...HEADLESS, args: [...HEADLESS.args, ...flags] });
}

/** A visitor's page and the browser's complaints about it. */
export interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
}

export interface VisitOptions extends BrowserContextOptions {
  /** @default kasm_user */
  readonly user?: string;
  /** Runs in the page before anything else does. */
  readonly initScript?: string;
}

/** Opens the client in a new profile, signs in, and waits until it is connected. */
export async function visit(
  browser: Browser,
  url: string,
  password: string,
  { user, initScript = "", ...options }: VisitOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ignoreHTTPSErrors: true,
    ...options,
  });
  const page = await context.newPage();
  await page.addInitScript(initScript);
  const complaints: string[] = [];
  // When the network of another container of this machine comes or goes, Chromium aborts what it loads.
  let aborted = 0;
  const complain = (text: string) => {
    if (text.includes("ERR_NETWORK_CHANGED")) aborted += 1;
    else complaints.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error" || message.text().includes("Content Security")) complain(message.text());
  });
  page.on("pageerror", (error) => complain(String(error)));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left while a script of its own still loads, such as a worker's.
    if (reason !== "net::ERR_ABORTED") complain(`${request.url()}: ${reason}`);
  });
  const load = async () => {
    const before = aborted;
    await page.goto(url);
    // The sign-in page has the status 401, of which Chromium complains.
    complaints.length = 0;
    await signIn(page, password, user);
    // A page without its script would wait in vain.
    expect(aborted, "loads that Chromium aborted").toBe(before);
    await stateIs(page, "connected").catch((cause) => {
      throw new Error(`The client does not connect. The browser says: ${complaints.join("; ")}`, { cause });
    });
    expect(aborted, "loads that Chromium aborted").toBe(before);
  };
  await eventually(load, { timeout: PATIENCE });
  return { page, complaints };
}

/** Waits until the client shows this connection state. */
export async function stateIs(page: Page, state: string): Promise<void> {
  const shown = async () => expect(await page.getAttribute("html", "data-state")).toBe(state);
  await eventually(shown, { timeout: PATIENCE });
}

/** A page of Chromium, or of a browser that Playwright does not control. */
export type Visible = Page | Visitor;

/** What the visitor sees; with a name also kept as test-output/e2e/<name>.png. */
export async function screenshot(page: Visible, name?: string): Promise<Picture> {
  const options = name === undefined ? {} : { path: join(screenshots, `${name}.png`) };
  return decodePng(await ("context" in page ? shoot(page, options.path) : page.screenshot(options)));
}

/** Waits until a desktop without windows is painted completely, at the size of the browser's window. */
export async function painted(page: Visible, name?: string): Promise<void> {
  const look = async () => expectDesktop(await screenshot(page, name));
  await eventually(look, { timeout: PATIENCE, interval: 200 });
}

/** Checks the gradient of the backdrop, the icons at the left and the panel at the bottom. */
function expectDesktop(picture: Picture): void {
  const { width, height } = picture;
  const column = Math.round(width * 0.7);
  const backdrop = coloursOf(picture, { left: column, top: 0, right: column + 1, bottom: height - 40 });
  expect(backdrop.length, "shades of the backdrop's gradient").toBeGreaterThan(20);
  const icons = coloursOf(picture, { left: 0, top: 0, right: 120, bottom: 320 });
  expect(icons.length, "colours of the icons").toBeGreaterThan(backdrop.length + 50);
  const panel = { left: 200, top: height - 28, right: width - 200, bottom: height };
  const [colour, pixels] = coloursOf(picture, panel)[0] ?? [];
  expect(pixels, "pixels of the panel's own colour").toBeGreaterThan(((width - 400) * 28) / 2);
  expect(backdrop.map(([shade]) => shade)).not.toContain(colour);
}
