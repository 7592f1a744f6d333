import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { buildRegistry } from "../../src/registry/build.ts";
import { collect } from "../../src/registry/collect.ts";
import { serveRegistry } from "../../src/registry/serve.ts";
import { launchBrowser, screenshot } from "../helpers/browser.ts";
import { goTo } from "../helpers/go-to.ts";
import { BUILT, makeRegistryProject, SETTINGS } from "./fixture.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

/** The page, served below a path, and the browser's complaints. */
async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const root = makeRegistryProject();
  await buildRegistry(await collect(root, BUILT), join(root, "public/some/path"), 0);
  const served = await serveRegistry(join(root, "public"), {});
  onTestFinished(served.close);
  const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("response", (response) => response.status() >= 400 && complaints.push(response.url()));
  await goTo(page, `http://127.0.0.1:${served.port}/some/path/`);
  return { page, complaints };
}

const titles = (page: Page) => page.getByRole("article").getByRole("heading", { level: 3 }).allTextContents();

it("shows every workspace with icon, image, tags, size and Kasm's versions, at any path", async () => {
  const { page, complaints } = await open();
  expect(await page.title()).toBe("Test registry: workspaces for Kasm");
  await page.getByText('with "quotes" & <signs>').waitFor();
  expect(await titles(page)).toEqual(["Alpha & Co", "Beta"]);
  const text = await page.getByRole("article").first().textContent();
  for (const part of [
    "registry.example/team/alpha:0.1.0",
    "0.1.0, 0.1",
    "1235 MB",
    "amd64",
    "1.15.x, 1.16.x, 1.18.x",
  ]) {
    expect(text).toContain(part);
  }
  const pictures = await page
    .locator("img")
    .evaluateAll((images) =>
      images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth > 0),
    );
  expect(pictures).toEqual([true, true, true]);
  expect(await page.getByText(SETTINGS.listUrl, { exact: true }).count()).toBe(1);
  const links = await page
    .getByRole("link")
    .evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href));
  for (const link of links.filter((link) => !link.startsWith(SETTINGS.contactUrl))) {
    expect([link, (await page.request.get(link)).status()]).toEqual([link, 200]);
  }
  expect(complaints).toEqual([]);
});

it("search and category narrow down the list", async () => {
  const { page, complaints } = await open();
  const shown = async () => (await page.locator("#list > li:visible h3").allTextContents()).join();
  await page.getByLabel("Search").fill("ALPHA  workspace");
  expect(await shown()).toBe("Alpha & Co");
  await page.getByLabel("Search").fill("nothing like it");
  expect(await shown()).toBe("");
  await page.getByText("0 of 2").waitFor();
  await page.getByLabel("Search").fill("");
  await page.getByLabel("Category").selectOption("Games");
  expect(await shown()).toBe("Beta");
  await page.keyboard.press("Enter");
  expect(await page.getByLabel("Category").inputValue()).toBe("Games");
  expect(complaints).toEqual([]);
});

it("explains how to install a workspace in a dialog that keys open and close", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Install" }).first().focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Install Alpha & Co" });
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain("registry.example/team/alpha:0.1.0");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
});

it("lists workspaces and opens the dialog without scripts", async () => {
  const { page } = await open({ javaScriptEnabled: false });
  expect(await titles(page)).toEqual(["Alpha & Co", "Beta"]);
  expect(await page.getByLabel("Search").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Install" }).last().click();
  await page.getByRole("dialog", { name: "Install Beta" }).waitFor();
});

it.each([
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 360, height: 740 } }],
] as const)("fits the window and is readable: %s", async (name, options) => {
  const { page } = await open(options);
  await screenshot(page, `registry-${name}`);
  const [wide, seen] = await page.evaluate<[number, number]>(
    "[document.documentElement.scrollWidth, innerWidth]",
  );
  expect(wide).toBeLessThanOrEqual(seen);
  const contrast = await page.evaluate<number>(CONTRAST);
  expect(contrast).toBeGreaterThanOrEqual(4.5);
});

/** The lowest contrast of a text with its background, by WCAG's formula. */
const CONTRAST = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/, 0\\)$|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return "white";
  };
  const ratios = [...document.querySelectorAll("h1, h2, h3, p, dt, dd, code, a, button, label")].map((element) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(background(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return Math.min(...ratios);
})()`;
