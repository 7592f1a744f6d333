import type { Browser, Page } from "playwright-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { painted, screenshot, stateIs, type Visit, visit } from "../helpers/browser.ts";
import { type Cable, layCable } from "../helpers/cable.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { hasKeyboard, iconAt, openIcon } from "../helpers/icons.ts";
import { openPanel } from "../helpers/panel.ts";
import { coloursOf } from "../helpers/picture.ts";
import { sharedBrowser, sharedDesktop } from "../helpers/shared.ts";

describe("the desktop in a browser", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    [browser, { container }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await container.closeWindows("Terminal");
  });

  const open = (options = {}): Promise<Visit> =>
    visit(browser, container.url, container.settings.password, options);

  test("it is painted: backdrop, icons and the panel at the bottom, and the browser reports no error", async () => {
    const { page, complaints } = await open();
    await painted(page, "painted");
    const picture = await screenshot(page);
    const edge = { left: 0, top: picture.height - 32, right: 6, bottom: picture.height - 4 };
    expect(coloursOf(picture, edge), "the panel's first icon stands off the edge").toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test("text typed into a terminal opened by its icon makes a file that exec sees", async () => {
    const { page } = await open();
    await openWindow(page, container, ICON.terminal, "Terminal");
    await page.keyboard.type("echo 'typed: {[|\\~#]} $HOME' > typed.txt\n");
    await eventually(async () => expect(await home("typed.txt")).toBe("typed: {[|\\~#]} $HOME"), {
      timeout: PATIENCE,
    });
    await screenshot(page, "terminal");
  });

  test("Ctrl+Alt+T of the panel's keys opens a terminal", async () => {
    const { page } = await open();
    await painted(page);
    await openPanel(page, "keys");
    await page.getByRole("button", { name: "Ctrl Alt T", exact: true }).click();
    await container.shows("Terminal");
    await screenshot(page, "controls");
  });

  test("a window follows the mouse that drags its title bar", async () => {
    const { page } = await open();
    await openWindow(page, container, ICON.terminal, "Terminal");
    const before = await place(container, "Terminal");
    await page.mouse.move(before.x + 150, before.y - 14);
    await page.mouse.down();
    await page.mouse.move(before.x + 300, before.y + 56, { steps: 8 });
    await page.mouse.up();
    await eventually(
      async () => {
        const { x, y } = await place(container, "Terminal");
        expect(Math.abs(x - before.x - 150)).toBeLessThan(20);
        expect(Math.abs(y - before.y - 70)).toBeLessThan(20);
      },
      { timeout: PATIENCE },
    );
  });

  test("the panel's clipboard field is the desktop's clipboard, both ways", async () => {
    const { page } = await open();
    await openPanel(page, "clipboard");
    const field = page.getByLabel("Text shared with the desktop");
    await field.fill("to the desktop: äöü € 漢字 👋");
    await eventually(async () => expect(await container.clipboard()).toBe("to the desktop: äöü € 漢字 👋"), {
      timeout: PATIENCE,
    });
    await container.copy("from the desktop: ж ☃\nsecond line");
    await eventually(
      async () => expect(await field.inputValue()).toBe("from the desktop: ж ☃\nsecond line"),
      {
        timeout: PATIENCE,
      },
    );
  });

  test("with the browser's permission both clipboards are the same", async () => {
    const { page } = await open({ permissions: ["clipboard-read", "clipboard-write"] });
    await painted(page);
    await page.bringToFront();
    const local = () => page.evaluate<string>("navigator.clipboard.readText()");
    await page.evaluate(`navigator.clipboard.writeText('copied in the browser')`);
    await page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await eventually(async () => expect(await container.clipboard()).toBe("copied in the browser"), {
      timeout: PATIENCE,
    });
    await container.copy("copied on the desktop");
    await eventually(async () => expect(await local()).toBe("copied on the desktop"), { timeout: PATIENCE });
  });

  test("the desktop and its panel follow the size of the browser's window", async () => {
    const { page } = await open();
    await sizeIs("1280x800");
    await page.setViewportSize({ width: 1000, height: 640 });
    await sizeIs("1000x640");
    await painted(page, "resized");
  });

  test("a dense screen gets a dense desktop, on which running programs draw everything larger at once", async () => {
    const { page } = await open();
    await sizeIs("1280x800");
    await openWindow(page, container, ICON.terminal, "Terminal");
    const before = await drawn();
    expect(before).toMatchObject({ fonts: 96, pointer: 24 });
    const row = await rowOfText();
    /** Expects everything this many times larger, but for whole pixels: of the frame there are only three sizes. */
    const isLarger = (expected: number) =>
      eventually(
        async () => {
          for (const [what, pixels] of Object.entries(await drawn())) {
            const times = pixels / before[what as keyof typeof before];
            expect(Math.abs(times - expected), `${what} is ${times} times larger`).toBeLessThan(0.1);
          }
        },
        { timeout: PATIENCE },
      );
    for (const [deviceScaleFactor, size] of [
      [2, "2560x1600"],
      [1.5, "1920x1200"],
    ] as const) {
      const dense = await open({ deviceScaleFactor });
      await sizeIs(size);
      await isLarger(deviceScaleFactor);
      // The terminal tells of whole steps only.
      expect(await rowOfText()).toBe(row * Math.floor(deviceScaleFactor));
      await screenshot(dense.page, `dense-${deviceScaleFactor}`);
      await dense.page.context().close();
      await sizeIs("1280x800");
      await isLarger(1);
    }
  });

  test("the desktop is dark for a visitor who prefers that, and keeps a style that its user chose", async () => {
    const query = (...words: string[]) => container.exec("xfconf-query", "-c", ...words);
    const theme = ["xsettings", "-p", "/Net/ThemeName"];
    const image = ["xfce4-desktop", "-p", "/backdrop/screen0/monitorVNC-0/workspace0/last-image"];
    const isSeenBy = async (colorScheme: "light" | "dark", name: string, expected: string) => {
      const { page } = await open({ colorScheme, initScript: WATCH_BACKDROP });
      await eventually(async () => expect(await query(...image)).toContain(`/kasmix/${colorScheme}.svg`), {
        timeout: PATIENCE,
      });
      // The theme is set before the wallpaper.
      expect((await query(...theme)).trim()).toBe(expected);
      await painted(page, name);
      const seen = await page.evaluate<{ brightest: number; covered: number }>("({ brightest, covered })");
      await page.context().close();
      return seen;
    };
    // It may still be dark from an attempt before this one.
    await isSeenBy("light", "light", "Kasmix");
    // A dark visitor saw a light desktop first.
    const { covered, brightest } = await isSeenBy("dark", "dark", "Kasmix-dark");
    expect(covered).toBeGreaterThan(0);
    expect(brightest).toBeLessThan(100);
    expect((await isSeenBy("light", "light", "Kasmix")).brightest).toBeGreaterThan(100);
    await query(...theme, "-s", "Kasmix-dark");
    await isSeenBy("dark", "chosen", "Kasmix-dark");
    await isSeenBy("light", "chosen", "Kasmix-dark");
    await query(...theme, "-s", "Kasmix");
  });

  test("Super opens the menu, Ctrl+Alt+Delete the task manager, and Super+E still the home folder", async () => {
    const { page } = await open();
    await painted(page);
    await page.keyboard.press("Meta");
    await container.shows("Whisker Menu");
    await screenshot(page, "menu");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Alt+Delete");
    await container.shows("Task Manager");
    await container.closeWindows("Task Manager");
    await page.keyboard.press("Meta+e");
    await container.shows("Thunar");
    await container.closeWindows("Thunar");
  });

  test("every entry of the menu has its program, and a notification its daemon", async () => {
    expect(await container.shell(WITHOUT_PROGRAM)).toBe("");
    const ask = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications"].join(" ");
    const answer = await container.shell(
      `dbus-send --print-reply --dest=${ask} org.freedesktop.Notifications.GetServerInformation`,
    );
    expect(answer).toContain("Xfce Notify Daemon");
  });

  test("the page notices a network that is silently lost, and reconnects when it is back", async () => {
    const cable = await layCable(container.settings.port);
    try {
      const { page } = await visit(browser, cable.url, container.settings.password);
      await painted(page);
      await cutWhileTyping(page, cable);
      await screenshot(page, "reconnecting");
      cable.mend();
      await stateIs(page, "connected");
      await painted(page, "after-the-cut");
    } finally {
      await cable.remove();
    }
  });

  test("the page reconnects after a reset and after the browser was offline", async () => {
    const cable = await layCable(container.settings.port);
    try {
      const { page } = await visit(browser, cable.url, container.settings.password);
      cable.tear();
      await stateIs(page, "reconnecting");
      cable.mend();
      await stateIs(page, "connected");
      await page.context().setOffline(true);
      await stateIs(page, "reconnecting");
      await page.context().setOffline(false);
      await stateIs(page, "connected");
      await painted(page, "after-being-offline");
    } finally {
      await cable.remove();
    }
  });

  test("Firefox starts from its icon and shows a window of its own", async () => {
    const { page } = await open();
    await openWindow(page, container, ICON.firefox, "Mozilla Firefox");
    await eventually(
      async () => {
        const picture = await screenshot(page, "firefox");
        const [most] = coloursOf(picture, { left: 300, top: 100, right: 1000, bottom: 700 });
        const backdrop = coloursOf(picture, { left: 300, top: 100, right: 1000, bottom: 700 }).length;
        expect(most?.[1], "one colour of Firefox's page").toBeGreaterThan((700 * 600) / 3);
        expect(backdrop).toBeGreaterThan(2);
      },
      { timeout: PATIENCE },
    );
  });

  const number = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]);

  /** How many pixels high a row of the terminal's text is. */
  async function rowOfText(): Promise<number> {
    const hints = await container.exec("xprop", "-name", "Terminal", "WM_NORMAL_HINTS");
    return number(hints, /resize increment: \d+ by (\d+)/);
  }

  /** How many pixels high a window's title bar and the panel are, and how large fonts and pointer. */
  async function drawn() {
    const [frame, root] = [
      await container.exec("xprop", "-name", "Terminal", "_NET_FRAME_EXTENTS"),
      await container.exec("xprop", "-root", "RESOURCE_MANAGER", "_NET_WORKAREA", "_NET_DESKTOP_GEOMETRY"),
    ];
    return {
      titleBar: number(frame, /_NET_FRAME_EXTENTS.*= \d+, \d+, (\d+)/),
      panel:
        number(root, /_NET_DESKTOP_GEOMETRY.*= \d+, (\d+)/) -
        number(root, /_NET_WORKAREA.*= \d+, \d+, \d+, (\d+)/),
      fonts: number(root, /Xft\.dpi:\\t(\d+)/),
      pointer: number(root, /Xcursor\.size:\\t(\d+)/),
    };
  }

  const home = (name: string) => container.exec("cat", `/home/kasm-user/${name}`);

  async function sizeIs(size: string): Promise<void> {
    const actual = async () =>
      expect(/dimensions:\s+(\d+x\d+)/.exec(await container.exec("xdpyinfo"))?.[1]).toBe(size);
    await eventually(actual, { timeout: PATIENCE });
  }
});

/** Prints the menu's entries whose program is not there. /usr/local comes first, and hides what has the same name. */
const WITHOUT_PROGRAM = `
  cd /usr/share/applications
  for entry in *.desktop; do
    test -e /usr/local/share/applications/$entry && entry=/usr/local/share/applications/$entry
    grep -qE '^(NoDisplay|Hidden)=true' $entry && continue
    program=$(sed -n 's/^Exec=\\([^ ]*\\).*/\\1/p' $entry | head -n 1)
    command -v "$program" >/dev/null && test "$program" != exo-open || echo "$entry: $program"
  done`;

/** One column, in the order in which the workspace names its apps. */
const ICON = { firefox: iconAt(0, 0), terminal: iconAt(0, 1) };

/** Opens a window by its icon and waits until it has the keyboard. */
async function openWindow(
  page: Page,
  container: TestContainer,
  icon: ReturnType<typeof iconAt>,
  title: string,
): Promise<void> {
  await painted(page);
  await openIcon(page, container, icon, () => container.shows(title, { timeout: 20_000 }));
  await hasKeyboard(container, title);
}

/** Upper left corner of a window's contents, below its title bar. */
async function place(container: TestContainer, title: string): Promise<{ x: number; y: number }> {
  const told = await container.exec("xwininfo", "-name", title);
  const corner = (axis: string) =>
    Number(new RegExp(`Absolute upper-left ${axis}: +(-?\\d+)`).exec(told)?.[1]);
  return { x: corner("X"), y: corner("Y") };
}

/** Sends input until the page notices that no answer comes. */
async function cutWhileTyping(page: Page, cable: Cable): Promise<void> {
  cable.cut();
  await eventually(
    async () => {
      await page.keyboard.press("Shift");
      expect(await page.getAttribute("html", "data-state")).toBe("reconnecting");
    },
    { timeout: PATIENCE, interval: 500 },
  );
}

/**
 * Keeps the brightest value that a point of the backdrop has had while the visitor saw it, from 0 to 255, and how long the
 * page covered it, in milliseconds.
 */
const WATCH_BACKDROP = `
  brightest = covered = 0;
  let begin;
  const point = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const look = () => {
    requestAnimationFrame(look);
    if (document.documentElement?.hasAttribute("data-covered")) {
      begin ??= performance.now();
      covered = performance.now() - begin;
    }
    // The last one lies above the others.
    const seen = [...document.querySelectorAll("#desktop :is(canvas, video)")]
      .filter((shown) => shown.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      .map((shown) => [shown, shown.videoWidth ?? shown.width, shown.videoHeight ?? shown.height])
      .findLast(([, width]) => width >= 400);
    if (!seen) return;
    const [shown, width, height] = seen;
    point.drawImage(shown, width * 0.7, height * 0.3, 1, 1, 0, 0, 1, 1);
    const [red, green, blue] = point.getImageData(0, 0, 1, 1).data;
    brightest = Math.max(brightest, (red + green + blue) / 3);
  };
  look();`;
