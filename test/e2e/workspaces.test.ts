import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadWorkspace } from "../../src/model/load.ts";
import type { Workspace } from "../../src/model/types.ts";
import { iconFaults } from "../../src/registry/icon.ts";
import { screenshot, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { forgetImage, loadImage, type TestImage } from "../helpers/image.ts";
import { keepPicture } from "../helpers/keep-picture.ts";
import { coloursOf, type Picture, type Region } from "../helpers/picture.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { loudness, makeTone, SERVER } from "../helpers/sound.ts";
import { workspacesOfToday } from "../helpers/workspaces-of-today.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Edges in a row of pixels: a window that is not painted has none, the backdrop with the mouse pointer has a few, and a row
 * of letters has 40 and more. Counted by its colours, the backdrop's gradient was a painted window.
 */
const FEW = 25;

/** What plays a tone of 1 kHz from a file. */
interface Sound {
  readonly prepare: (container: TestContainer) => Promise<unknown>;
  readonly command: string;
}

const SOUNDS: Readonly<Record<string, Sound>> = {
  vlc: { prepare: makeTone, command: "vlc /tmp/tone.wav" },
  "retro-games": {
    // Sets the timer of the loudspeaker to 1193182 / 1193 Hz, switches both on, and stays.
    prepare: (container) => container.shell("echo sLbmQ7ipBOZCiODmQuRhDAPmYev+ | base64 -d > /tmp/TONE.COM"),
    command: 'dosbox -c "mount c /tmp" -c "c:" -c tone',
  },
};

const chosen = await workspacesOfToday();
console.log(`Workspaces of this run: ${chosen.join(", ")}. All of them: ./kasmix test --all-workspaces`);

const inTurn = chosen.map((name, index) => ({ name, next: chosen[index + 1] }));

describe.each(inTurn)("the workspace $name", ({ name, next }) => {
  let image: TestImage;
  let container: TestContainer;
  let browser: Browser;
  let workspace: Workspace;
  let subject: Subject;

  beforeAll(async () => {
    workspace = await loadWorkspace(ROOT, name);
    subject = subjectOf(workspace);
    browser = await sharedBrowser();
    image = await loadImage(name);
    // While this one is tested. Its own test tells when that fails.
    if (next !== undefined) loadImage(next).catch(() => {});
    container = await startContainer({ image });
  }, 10 * PATIENCE);

  afterAll(async () => {
    await container?.remove();
    await forgetImage(image);
  });

  test("shows its window, which paints", async () => {
    await isReady();
    const { page } = await visit(browser, container.url, container.settings.password);
    const look = async () => {
      expect(await container.exec("xwininfo", "-root"), "the page's size").toContain("-geometry 1280x800");
      const picture = await screenshot(page, `workspace-${name}`);
      const rows = (await windows()).map(({ region }) => mostEdges(picture, region, subject.left));
      expect(Math.max(...rows), "edges in a row of its window").toBeGreaterThan(FEW);
    };
    await eventually(look, { timeout: PATIENCE, interval: 200 });
    if (process.env.KASMIX_TEST_PICTURES) await keepPicture(name, page, container);
    // GTK's programs share this with the panel, which the tests of the desktop look at.
    const isOfQt = workspace.environment?.QT_QPA_PLATFORMTHEME !== undefined;
    if (isOfQt && workspace.desktop?.theme === undefined) {
      await page.emulateMedia({ colorScheme: "dark" });
      const darken = async () => {
        const picture = await screenshot(page, `workspace-${name}-dark`);
        const [top] = (await windows()).map(({ region }) => brightness(picture, region));
        expect(top, "brightness of its upper edge").toBeLessThan(0x60);
      };
      await eventually(darken, { timeout: PATIENCE, interval: 200 });
    }
    await page.context().close();
  });

  test("comes back when it is closed", async () => {
    const starts = (await state())?.starts ?? 0;
    // Nothing closes a desktop.
    if (subject.service === "desktop") await container.attempt("kasmixctl", "restart", "desktop");
    const close = async () => {
      if (subject.service !== "desktop")
        for (const { id } of await windows()) await container.attempt("wmctrl", "-i", "-c", id);
      expect((await state())?.starts).toBeGreaterThan(starts);
    };
    await eventually(close, { timeout: PATIENCE });
    await isReady();
    await eventually(async () => expect(await windows()).not.toEqual([]), { timeout: PATIENCE });
  });

  test.runIf(SOUNDS[name])("is heard", async () => {
    await SOUNDS[name]?.prepare(container);
    await container.shell(`${SERVER} ${SOUNDS[name]?.command} > /dev/null 2>&1 &`);
    const hear = async () => expect(await loudness(container, 1000)).toBeGreaterThan(0.01);
    await eventually(hear, { timeout: PATIENCE });
  });

  test("has the icon that the registry takes from it", async () => {
    const { icon = "" } = workspace;
    const content = Buffer.from(await container.shell('base64 "$1"', icon), "base64");
    expect(iconFaults(content, icon)).toEqual([]);
  });

  test("stops cleanly", async () => {
    await container.engine.run(["stop", container.name]);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("0");
    const ends = (await container.log()).filter((line) => line.includes(`"service":"${subject.service}"`));
    // A grace of a second is for a program that is known to hang.
    const { stop } = workspace.apps?.find((app) => app.name === subject.service) ?? {};
    if (stop?.grace !== 1) expect(ends.filter((line) => line.includes("SIGKILL"))).toEqual([]);
  });

  const state = async () => (await container.services())[subject.service];

  /** The first start of Krita takes a minute by itself, and that of GIMP half of one. */
  const isReady = () =>
    eventually(async () => expect((await state())?.status).toBe("ready"), { timeout: 2 * PATIENCE });

  /** The windows that make it ready. */
  async function windows(): Promise<readonly { readonly id: string; readonly region: Region }[]> {
    const lines = (await container.exec("wmctrl", "-l", "-x")).split("\n");
    const ids = lines
      .filter((line) => line.toLowerCase().includes(subject.window))
      .map((line) => line.split(" ")[0] ?? "");
    return Promise.all(ids.map(async (id) => ({ id, region: await regionOf(id) })));
  }

  /** What a window covers of the screen, without its frame. */
  async function regionOf(id: string): Promise<Region> {
    const { stdout } = await container.attempt("xwininfo", "-id", id);
    const figure = (what: string) => Number(new RegExp(`${what}: +(-?\\d+)`).exec(stdout)?.[1] ?? 0);
    const [left, top] = [figure("Absolute upper-left X"), figure("Absolute upper-left Y")];
    return { left, top, right: left + figure("Width"), bottom: top + figure("Height") };
  }
});

/** Right edge of the page's handle, and of the desktop's icons beside it. */
const [HANDLE, ICONS] = [10, 130];

/** Height of the panel, which tells the window's name. A window that does not yet fit the screen lies below it. */
const PANEL = 40;

/** Of a channel, 0 to 255. */
const EDGE = 48;

/** How many edges the row of a region with most of them has, of what is above the panel and right of `from`. */
function mostEdges(
  { width, height, pixel }: Picture,
  { left, top, right, bottom }: Region,
  from: number,
): number {
  const differ = (a: number, b: number) =>
    [16, 8, 0].some((shift) => Math.abs(((a >> shift) & 0xff) - ((b >> shift) & 0xff)) > EDGE);
  let most = 0;
  for (let y = Math.max(top, 0); y < Math.min(bottom, height - PANEL); y++) {
    let edges = 0;
    for (let x = Math.max(left, from) + 1; x < Math.min(right, width); x++)
      if (differ(pixel(x - 1, y), pixel(x, y))) edges++;
    most = Math.max(most, edges);
  }
  return most;
}

/** Of the colour that most of a window's upper edge has, 0 to 255. */
function brightness(picture: Picture, { left, top, right }: Region): number {
  const edge = { left: Math.max(left, ICONS), top: top + 4, right, bottom: top + 12 };
  return (coloursOf(picture, edge)[0]?.[0] ?? 0xffffff) & 0xff;
}

/** What a test looks at: the app that starts with the desktop, or the desktop itself where none does. */
interface Subject {
  readonly service: string;
  /** Part of class or title of its window, in lower case. */
  readonly window: string;
  /** Where what belongs to it begins: a window may be transparent before it is painted. */
  readonly left: number;
}

function subjectOf({ name, apps = [], desktop }: Workspace): Subject {
  const app = apps.find(({ autostart }) => autostart);
  if (app?.ready !== undefined && "window" in app.ready)
    return { service: app.name, window: app.ready.window.toLowerCase(), left: ICONS };
  const environment = desktop?.environment;
  if (environment !== undefined) return { service: "desktop", window: environment.backdrop, left: HANDLE };
  throw new Error(
    `${name} has neither a desktop of its own nor an app that starts with it and has a window.`,
  );
}
