import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { screenshot, visit } from "../helpers/browser.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { play } from "../helpers/film.ts";
import { openPanel } from "../helpers/panel.ts";
import type { Picture } from "../helpers/picture.ts";
import { sharedBrowser, sharedDesktop, VIEWER_PASSWORD } from "../helpers/shared.ts";
import { playTone, stopTone } from "../helpers/sound.ts";
import { frequencyOf } from "../helpers/tone.ts";

describe("recording", () => {
  let browser: Browser;
  let container: TestContainer;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-e2e-recording-"));
    const [shared, { container: own }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
    [browser, container] = [shared, own];
  });

  afterEach(async () => {
    await control("stop");
    await stopTone(container);
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const control = async (order: string) =>
    JSON.parse(await container.exec("kasmixctl", "record", order, "--json"));
  const lasts = (seconds: number) =>
    eventually(async () => expect((await control("status")).seconds).toBeGreaterThanOrEqual(seconds), {
      timeout: PATIENCE,
    });
  const sign = (page: Page, text: string) =>
    eventually(async () => expect(await page.locator("#recording-sign").textContent()).toBe(text), {
      timeout: PATIENCE,
    });
  const openAsViewer = async () => {
    const { page } = await visit(browser, container.url, VIEWER_PASSWORD, { user: "kasm_viewer" });
    return page;
  };

  test("the owner starts and ends it in the page, everybody sees that, and the file plays with its sound", async () => {
    await playTone(container);
    const early = await openAsViewer();
    const { page, complaints } = await visit(browser, container.url, container.settings.password);
    await openPanel(page, "more");
    const toggle = page.locator("#recording-toggle");
    await toggle.scrollIntoViewIfNeeded();
    await toggle.click();
    for (const visitor of [page, early, await openAsViewer()]) await sign(visitor, "Recording");
    expect(await early.locator("#recording-toggle").isVisible()).toBe(false);
    await lasts(2);
    await eventually(async () =>
      expect(await page.locator("#recording-time").textContent()).toMatch(/^Recording for 0:\d\d$/),
    );
    await screenshot(page, "recording");
    await toggle.click();
    await sign(early, "");
    const link = page.locator("a[download^='Recording ']").filter({ hasText: ".mp4" }).last();
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const path = join(folder, "film.mp4");
    await download.saveAs(path);
    const { seconds } = await control("status");
    const film = await play(browser, await readFile(path), 0.9, [1, 2]);
    expect({ width: film.width, height: film.height }).toEqual({ width: 1280, height: 800 });
    expect(Math.floor(film.duration)).toBe(seconds);
    expectAlike(film.picture, await screenshot(early));
    expect(Math.abs(frequencyOf(film.sound, 48_000) - 1_000)).toBeLessThan(10);
    expect(complaints).toEqual([]);
  });

  test("kasmixctl records while nobody looks; what is on the disk plays at any time", async () => {
    const { files } = await control("start");
    await lasts(2);
    const path = join(folder, "early.mp4");
    await container.engine.run(["cp", `${container.name}:/home/kasm-user/Downloads/${files[0]}`, path]);
    // As a file looks whose container was killed.
    const film = await play(browser, await readFile(path), 0.5);
    expect(film.duration).toBeGreaterThan(1);
    expect(film.width).toBeGreaterThan(100);
    expect(await control("stop")).toMatchObject({ isRecording: false, ended: "asked", files });
    await eventually(async () =>
      expect((await container.attempt("pgrep", "-f", "encoder.py")).ok).toBe(false),
    );
  });
});

/** Compares pixels of the desktop's middle. H.264 stores colours more coarsely than the screen has them. */
function expectAlike(film: Picture, shown: Picture): void {
  for (const x of [500, 640, 780, 1_000]) {
    for (const y of [100, 400, 700]) {
      for (const shift of [16, 8, 0]) {
        const [a, b] = [film, shown].map((picture) => (picture.pixel(x, y) >> shift) & 0xff);
        expect(Math.abs((a ?? 0) - (b ?? 0)), `pixel ${x},${y}`).toBeLessThan(16);
      }
    }
  }
}
