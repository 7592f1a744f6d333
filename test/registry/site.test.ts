import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { buildRegistry } from "../../src/registry/build.ts";
import { collect } from "../../src/registry/collect.ts";
import { NEWEST_KASM } from "../../src/registry/kasm-versions.ts";
import { serveRegistry } from "../../src/registry/serve.ts";
import { launchBrowser, screenshot } from "../helpers/browser.ts";
import { goTo } from "../helpers/go-to.ts";
import { BUILT, EXAMPLES, makeRegistryProject, PUSHED, SETTINGS } from "./fixture.ts";

const ROOT = join(import.meta.dirname, "../..");

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

/** The page, served below a path, and the browser's complaints. */
async function open(
  options: BrowserContextOptions = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ page: Page; complaints: string[] }> {
  const root = makeRegistryProject(files);
  await writePicture(root, "alpha");
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

/** The picture of README.md as that of a workspace's desktop. */
async function writePicture(root: string, name: string): Promise<void> {
  await mkdir(join(root, "registry/pictures"), { recursive: true });
  await cp(join(ROOT, "docs/desktop.webp"), join(root, `registry/pictures/${name}.webp`));
}

const titles = (page: Page) => page.getByRole("article").getByRole("heading", { level: 3 }).allTextContents();

it("shows every workspace with icon, image, tags, size and Kasm's versions, at any path", async () => {
  const { page, complaints } = await open();
  expect(await page.title()).toBe("Test registry: workspaces for Kasm");
  await page.getByText('with "quotes" & <signs>').waitFor();
  expect(await titles(page)).toEqual(["Alpha & Co", "Beta"]);
  const text = await page.getByRole("article").first().textContent();
  for (const part of [
    "registry.test/team/alpha:0.1.0",
    "0.1.0, 0.1",
    "1.2 GB",
    "amd64",
    `1.15 to ${NEWEST_KASM}`,
  ]) {
    expect(text).toContain(part);
  }
  const pictures = await page
    .locator("img")
    .evaluateAll((images) =>
      images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth > 0),
    );
  // The registry's icon, Alpha's desktop and icon, Beta's icon.
  expect(pictures).toEqual([true, true, true, true]);
  expect(await page.getByText(SETTINGS.listUrl, { exact: true }).count()).toBe(1);
  const links = await page
    .getByRole("link")
    .evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href));
  for (const link of links.filter((link) => !link.startsWith(SETTINGS.contactUrl))) {
    expect([link, (await page.request.get(link)).status()]).toEqual([link, 200]);
  }
  expect(complaints).toEqual([]);
});

it("copies the address, an image's name and the command, and says so", async () => {
  const { page, complaints } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
  const copied = async (name: string) => {
    const button = page.getByRole("button", { name });
    await button.click();
    await expect.poll(() => button.textContent()).toBe("Copied");
    return page.evaluate<string>("navigator.clipboard.readText()");
  };
  expect(await copied("Copy the address")).toBe(SETTINGS.listUrl);
  expect(await copied("Copy the name of the image of Beta")).toBe("registry.test/team/beta:0.1.0");
  await page.getByRole("button", { name: "Install" }).first().click();
  expect(await copied("Copy the command")).toMatch(
    /^docker run .* -e VNC_PW registry\.test\/team\/alpha:0\.1\.0$/,
  );
  expect(complaints).toEqual([]);
});

/** `serve` shows the page over plain HTTP in the network, where browsers have no `navigator.clipboard`. */
it("copies where the browser has no clipboard for the page, also out of the dialog", async () => {
  const { page } = await open();
  await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
  await page.evaluate(
    "document.addEventListener('copy', () => { globalThis.copied = String(getSelection()) })",
  );
  await page.getByRole("button", { name: "Install" }).first().click();
  const button = page.getByRole("button", { name: "Copy the command" });
  await button.click();
  await expect.poll(() => button.textContent()).toBe("Copied");
  expect(await page.evaluate<string>("globalThis.copied")).toContain("docker run --rm");
});

it("marks addresses that are examples, and only those", async () => {
  const { page } = await open({}, { "registry/registry.json": JSON.stringify(EXAMPLES) });
  await page.getByRole("note").getByText("do not exist").waitFor();
  // In the notice, and beside the address, both images and the contact.
  expect(await page.locator(".example").count()).toBe(5);
  const real = await open();
  expect(await real.page.locator(".example, .notice").count()).toBe(0);
});

it("breaks the names of images only between their parts", async () => {
  const long = "registry.test/a-team/of-people/screen-recorder";
  const images = JSON.stringify({ alpha: { ...PUSHED, repository: long, tags: ["0.1.0-rolling-daily"] } });
  for (const width of [1100, 360]) {
    const { page } = await open({ viewport: { width, height: 740 } }, { "registry/images.json": images });
    const lines = await page.evaluate<string>(`(${LINES})(document.querySelector("dd code"))`);
    expect(lines.replaceAll("\n", "")).toBe(`${long}:0.1.0-rolling-daily`);
    expect(lines.match(/\n/g)?.length).toBeGreaterThan(0);
    expect(lines).not.toMatch(/[^/]\n(?!:)/);
  }
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
  expect(await dialog.textContent()).toContain("registry.test/team/alpha:0.1.0");
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

/** The text of an element, with a line feed where a line ends. */
const LINES = `(element) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let [text, bottom] = ["", undefined];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const next = range.getBoundingClientRect().bottom;
      if (bottom !== undefined && next > bottom + 2) text += "\\n";
      [bottom, text] = [next, text + node.data[at]];
    }
  }
  return text;
}`;

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
