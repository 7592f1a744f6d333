import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { screenshot, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { electronAppAt, readAppDatabase } from "../helpers/electron-app.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { hasKeyboard, iconAt, openIcon } from "../helpers/icons.ts";
import { loadImage } from "../helpers/image.ts";
import { askLauncher, pageTitles } from "../helpers/pages.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { startWeb, type Web } from "../helpers/web.ts";

const PROFILE = "~/.config/discord";

/** In the order of the workspace's apps, in columns of three. */
const ICON = {
  discord: iconAt(0, 0),
  browser: iconAt(0, 1),
  terminal: iconAt(0, 2),
  openUrl: iconAt(1, 0),
  reload: iconAt(1, 1),
  reset: iconAt(1, 2),
};

let browser: Browser;
let web: Web;
let container: TestContainer;

/** A program that behaves like Discord replaces it: the tests download nothing. */
async function startVoid(environment: Readonly<Record<string, string>>): Promise<TestContainer> {
  return startContainer({
    image: await loadImage("void", "--without-vendor"),
    engineOptions: [
      ...electronAppAt("/usr/share/discord/Discord"),
      ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ],
  });
}

const serviceIs = (name: string, fields: object) =>
  eventually(async () => expect((await container.services())[name]).toMatchObject(fields), {
    timeout: PATIENCE,
  });

/** Waits until a service has been started once more than `before`. */
const isStarted = (name: string, before: number, timeout = PATIENCE) =>
  eventually(async () => expect((await container.services())[name]?.starts).toBeGreaterThan(before), {
    timeout,
  });

/** The same, and that it is ready. */
async function startedAgain(name: string, before: number): Promise<void> {
  await isStarted(name, before);
  await serviceIs(name, { status: "ready" });
}

const startsOf = async (name: string) => (await container.services())[name]?.starts ?? 0;

const titleIs = (title: string, cdpPort?: number) =>
  eventually(async () => expect((await pageTitles(container, cdpPort))[0]).toBe(title), {
    timeout: PATIENCE,
  });

beforeAll(async () => {
  [browser, web] = await Promise.all([sharedBrowser(), startWeb()]);
});

afterAll(() => web?.close());

describe("the workspace void", () => {
  let page: Page;

  beforeAll(async () => {
    container = await startVoid({ KASMIX_EGRESS_ALLOW: web.host, START_URL: `${web.site}/first` });
    await serviceIs("discord", { status: "ready" });
    await serviceIs("chromium", { status: "ready" });
    ({ page } = await visit(browser, container.url, container.settings.password));
  });

  afterAll(() => container?.remove());

  test("has Discord and the browser, which opens START_URL", async () => {
    await titleIs("first");
    await container.shows("Discord");
    await container.shows("first - Chromium");
    await screenshot(page, "void");
  });

  test("Discord does not look for an update of its host; its other settings stay", async () => {
    const settings = `${PROFILE}/settings.json`;
    const read = async () => JSON.parse(await container.shell(`cat ${settings}`));
    expect(await read()).toEqual({ MINIMIZE_TO_TRAY: false, SKIP_HOST_UPDATE: true });
    await container.shell(`echo '{"zoom": 2, "SKIP_HOST_UPDATE": false}' > ${settings}`);
    await container.exec("kasmixctl", "restart", "discord");
    expect(await read()).toEqual({ zoom: 2, SKIP_HOST_UPDATE: true });
  });

  test.each([
    ["discord", "Discord"],
    ["chromium", "Chromium"],
  ])("%s comes back after its window was closed", async (name, title) => {
    const before = await startsOf(name);
    await container.exec("wmctrl", "-c", title);
    await startedAgain(name, before);
  });

  describe("its icons", () => {
    const click = (icon: { x: number; y: number }, opened: () => Promise<unknown>) =>
      openIcon(page, container, icon, opened);

    /** Clicks an icon until it has started a service, and waits until that is ready. */
    async function clickToStart(icon: { x: number; y: number }, name: string): Promise<void> {
      const before = await startsOf(name);
      await click(icon, () => isStarted(name, before, 20_000));
      await serviceIs(name, { status: "ready" });
    }

    test("Terminal opens a terminal", async () => {
      await click(ICON.terminal, () => container.shows("Terminal", { timeout: 20_000 }));
      await container.closeWindows("Terminal");
    });

    // Started by the bus, it ended after 10 s without a window, and an icon clicked at that moment failed to launch.
    test("the file manager, which launches icons, stays", async () => {
      expect(await container.exec("pgrep", "--full", "--list-full", "Thunar")).toContain("Thunar --daemon");
    });

    test.each([
      ["discord", ICON.discord],
      ["chromium", ICON.browser],
    ])("its icon starts %s when it is stopped", async (name, icon) => {
      await container.exec("kasmixctl", "stop", name);
      await clickToStart(icon, name);
    });

    test("Open URL in Browser asks for an address, and the open page goes there", async () => {
      await titleIs("first");
      await openUrl(`${web.site}/typed`);
      await titleIs("typed");
      expect(await pageTitles(container)).toHaveLength(1);
    });

    test("Open URL in Browser says why it refuses an address", async () => {
      await openUrl("http://127.0.0.1:9222/");
      await eventually(async () => expect(await dialogs()).toHaveLength(1), { timeout: PATIENCE });
      await hasKeyboard(container, "Open URL in Browser");
      await screenshot(page, "void-refused");
      await page.keyboard.press("Enter");
      await eventually(async () => expect(await dialogs()).toHaveLength(0), { timeout: PATIENCE });
      await titleIs("typed");
      expect((await container.log()).join("\n")).toMatch(/"launcher.request".*"reason":"own-port"/);
    });

    test("Open URL in Browser starts a stopped browser", async () => {
      await container.exec("kasmixctl", "stop", "chromium");
      await openUrl(`${web.site}/fresh`);
      await titleIs("fresh");
      await serviceIs("chromium", { status: "ready" });
    });

    test("Reload starts the browser again, in spite of its own locks", async () => {
      await clickToStart(ICON.reload, "chromium");
      const { pid } = (await container.services()).chromium ?? {};
      expect(await container.shell("readlink ~/.config/chromium/SingletonLock")).toBe(`kasm-${pid}`);
    });

    test("Reset Discord removes its caches, and nothing else", async () => {
      const caches = ["Cache", "Code Cache", "GPUCache", "Shared Dictionary"];
      await container.shell(`cd ${PROFILE}; for cache; do mkdir -p "$cache/sub"; done`, ...caches);
      await container.shell(`echo '{"zoom": 3}' > ${PROFILE}/settings.json`);
      await clickToStart(ICON.reset, "discord");
      const left = (await container.shell(`ls ${PROFILE}`)).split("\n");
      for (const cache of caches) expect(left).not.toContain(cache);
      expect(JSON.parse(await container.shell(`cat ${PROFILE}/settings.json`))).toEqual({
        zoom: 3,
        SKIP_HOST_UPDATE: true,
      });
      const { integrity, closed } = await readAppDatabase(container, PROFILE);
      expect(integrity).toBe("ok");
      expect(closed.at(-1)).toBe("closed: ['TERM'], helper lives");
    });

    async function openUrl(url: string): Promise<void> {
      await click(ICON.openUrl, () => container.shows("Open URL in Browser", { timeout: 20_000 }));
      await hasKeyboard(container, "Open URL in Browser");
      await page.keyboard.type(`${url}\n`);
    }

    async function dialogs(): Promise<string[]> {
      const windows = await container.exec("wmctrl", "-l");
      return windows.split("\n").filter((line) => line.includes("Open URL in Browser"));
    }
  });
});

describe("the workspace void with variables", () => {
  afterAll(() => container?.remove());

  test("uses other ports, other arguments and another token", async () => {
    container = await startVoid({
      KASMIX_EGRESS_ALLOW: web.host,
      START_URL: `${web.site}/first`,
      CDP_PORT: "9333",
      NAV_SHIM_PORT: "9444",
      URL_LAUNCHER_TOKEN: "a token of the cluster",
      CLOAK_APP_ARGS: "--no-sandbox --no-first-run --user-data-dir=/home/kasm-user/elsewhere",
      APP_ARGS: "--no-sandbox --with='two words'",
    });
    await serviceIs("chromium", { status: "ready" });
    await serviceIs("discord", { status: "ready" });
    await titleIs("first", 9333);
    const asked = { token: "a token of the cluster", port: 9444 };
    expect(await askLauncher(container, `${web.site}/second`, asked)).toMatchObject({ status: 200 });
    await titleIs("second", 9333);
    const wrong = { ...asked, token: container.settings.password };
    expect((await askLauncher(container, web.site, wrong)).status).toBe(401);
    expect(await wordsOf("discord")).toEqual(expect.arrayContaining(["--no-sandbox", "--with=two words"]));
    const [command] = await wordsOf("chromium");
    expect(command).toContain("--user-data-dir=/home/kasm-user/elsewhere");
    expect(command).not.toContain("--start-maximized");
    await container.remove();
  });

  test("does not start what LAUNCH_DISCORD, LAUNCH_CLOAK and LAUNCH_NAV_SHIM switch off", async () => {
    container = await startVoid({ LAUNCH_DISCORD: "0", LAUNCH_CLOAK: "0", LAUNCH_NAV_SHIM: "0" });
    const { discord, chromium } = await container.services();
    expect([discord, chromium]).toMatchObject([
      { status: "stopped", starts: 0 },
      { status: "stopped", starts: 0 },
    ]);
    await expect(askLauncher(container, web.site, { token: "any" })).rejects.toThrow("fetch failed");
  });

  /** A program's arguments; Chromium joins all of its own. */
  async function wordsOf(name: string): Promise<string[]> {
    const { pid } = (await container.services())[name] ?? {};
    return (await container.shell(`tr '\\0' '\\n' < "/proc/$1/cmdline"`, String(pid))).split("\n");
  }
});
