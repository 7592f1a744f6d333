import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually } from "../helpers/eventually.ts";
import { openPanel } from "../helpers/panel.ts";
import { decodePng } from "../helpers/picture.ts";
import { missingPrograms, startDesktop } from "./desktop.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const canRun = missingPrograms.length === 0;
const title = canRun ? "dense screens" : `dense screens (not run: no ${missingPrograms.join(", ")})`;

const DARK = 0x102030;
const LIGHT = 0xf0e0d0;

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    [desktop, browser] = await Promise.all([startDesktop(), chromium.launch(HEADLESS)]);
    // A pattern of single pixels: whatever is not shown pixel for pixel has other colours.
    await desktop.paint("-gray", "-fg", "#102030", "-bg", "#f0e0d0");
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  async function open(
    [width, height]: readonly [number, number],
    deviceScaleFactor: number,
    options: BrowserContextOptions = {},
    query = "?quality=9",
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor, ...options });
    const page = await context.newPage();
    await page.goto(desktop.url + query);
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    return page;
  }

  const sizeIs = (size: string) => eventually(async () => expect(await desktop.size()).toBe(size));

  const canvasOf = (page: Page) => page.locator("#desktop canvas").last();

  /** The share of the pattern's pixels that are exact, in the part of the page without terminal and controls. */
  async function exactness(page: Page, name: string): Promise<number> {
    const picture = decodePng(await page.screenshot({ path: join(screenshots, `${name}.png`) }));
    // Where the page has part of a pixel more, the browser's picture has one more.
    const size = async (name: string) => Number(await canvasOf(page).getAttribute(name));
    const [width, height] = [await size("width"), await size("height")];
    const [left, top] = [Math.round(width * 0.7), Math.round(height * 0.7)];
    let exact = 0;
    let count = 0;
    for (let y = top; y < Math.min(height, picture.height); y++) {
      for (let x = left; x < Math.min(width, picture.width); x++) {
        count += 1;
        const [colour, neighbour] = [picture.pixel(x, y), x > left ? picture.pixel(x - 1, y) : undefined];
        if ((colour === DARK || colour === LIGHT) && colour !== neighbour) exact += 1;
      }
    }
    return exact / count;
  }
  const isExact = (page: Page, name: string) =>
    eventually(async () => expect(await exactness(page, name)).toBe(1));

  test.each([
    [[1280, 800], 1, "1280x800"],
    [[1281, 799], 1.25, "1601x998"],
    [[1281, 799], 1.5, "1921x1198"],
    [[1280, 720], 2, "2560x1440"],
    [[1920, 1080], 2, "3840x2160"],
  ] as const)(
    "a window of %j at %d pixels for each of the page shows every pixel as it is",
    async (size, ratio, expected) => {
      const page = await open(size, ratio);
      await sizeIs(expected);
      await isExact(page, `dense-${ratio}-${size[0]}`);
    },
  );

  test("the desktop follows when the window comes to another screen or the browser zooms", async () => {
    const page = await open([1280, 800], 1);
    await sizeIs("1280x800");
    const devtools = await page.context().newCDPSession(page);
    for (const [width, height, deviceScaleFactor] of [
      [640, 400, 2],
      [1000, 600, 1.5],
    ] as const) {
      const metrics = { width, height, deviceScaleFactor, mobile: false };
      await devtools.send("Emulation.setDeviceMetricsOverride", metrics);
      await sizeIs(`${width * deviceScaleFactor}x${height * deviceScaleFactor}`);
    }
  });

  test("a second window scales the picture, exactly where its pixels suffice", async () => {
    const owner = await open([1200, 700], 2);
    await sizeIs("2400x1400");
    const same = await open([1200, 760], 2);
    await sizeIs("2400x1520");
    await owner.mouse.click(900, 600);
    await sizeIs("2400x1400");
    await isExact(owner, "dense-leader");
    const box = async () => await canvasOf(same).boundingBox();
    await eventually(async () =>
      expect(await box()).toMatchObject({ x: 0, y: 30, width: 1200, height: 700 }),
    );
    const small = await open([600, 350], 1, {}, "?resize=scale");
    await eventually(async () =>
      expect(await canvasOf(small).boundingBox()).toMatchObject({ width: 600, height: 350 }),
    );
    expect(await desktop.size()).toBe("2400x1400");
  });

  test("the panel has switches for the sharpness and the zoom, which are kept", async () => {
    const page = await open([1200, 700], 2);
    await sizeIs("2400x1400");
    const scales: number[] = [];
    desktop.onScale((scale) => scales.push(scale));
    await openPanel(page, "display");
    await page.getByRole("radio", { name: "150%" }).check();
    await eventually(() => expect(scales).toEqual([3]));
    await page.getByRole("checkbox", { name: "Sharp on dense screens" }).uncheck();
    await sizeIs("1200x700");
    await eventually(() => expect(scales).toEqual([3, 1.5]));
    await page.screenshot({ path: join(screenshots, "dense-panel.png") });
    await page.reload();
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    expect(await page.locator("#sharp").isChecked()).toBe(false);
    expect(await page.locator("input[name=zoom]:checked").inputValue()).toBe("150");
    await openPanel(page, "display");
    await page.getByRole("radio", { name: "Actual size" }).check();
    expect(await page.getByRole("radio", { name: "150%" }).isDisabled()).toBe(true);
  });

  test("in its actual size, a pixel of the desktop is one of the screen", async () => {
    const page = await open([1200, 700], 2);
    await sizeIs("2400x1400");
    await openPanel(page, "display");
    await page.getByRole("radio", { name: "Actual size" }).check();
    await page.keyboard.press("Escape");
    await isExact(page, "dense-actual");
  });

  test("the pointer is as large as on an ordinary screen", async () => {
    const bits = join(desktop.folder, "pointer.xbm");
    const rows = Array(48 * 6)
      .fill("0xff")
      .join(",");
    await writeFile(bits, `#define p_width 48\n#define p_height 48\nstatic char p_bits[] = {\n${rows}};\n`);
    await desktop.paint("-cursor", bits, bits);
    const page = await open([1200, 700], 2);
    await sizeIs("2400x1400");
    await page.mouse.move(1100, 600);
    const cursor = () => canvasOf(page).evaluate(({ style }) => style.cursor);
    // Two of its pixels for each of the page's, also in the place that points: 8, 8.
    await eventually(async () =>
      expect(await cursor()).toMatch(/^image-set\(url\("data:.*"\) 2x\) 4 4, default$/),
    );
  });
});
