import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "../../src/runtime/gateway/users.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel } from "../helpers/panel.ts";
import { shoot } from "../helpers/shoot.ts";
import { missingPrograms, startDesktop } from "./desktop.ts";
import { coloursOf, focused, lowContrast, smallButtons } from "./inspect.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const canRun = missingPrograms.length === 0;
const title = canRun
  ? "the client in Chromium"
  : `the client in Chromium (not run: no ${missingPrograms.join(", ")})`;

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;
  let complaints: string[] = [];

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    [desktop, browser] = await Promise.all([startDesktop(), chromium.launch(HEADLESS)]);
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    desktop.refuse(false);
    desktop.admit("owner");
    await desktop.startRelay();
  });

  async function open(
    options: BrowserContextOptions = {},
    query = "",
    role: Role = "owner",
    services?: object,
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.text().includes("Content Security"))
        complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    if (services !== undefined)
      await page.route("**/api/services", (route) =>
        route.fulfill({ json: services, headers: { "Kasmix-Gateway": "1", "Kasmix-Role": role } }),
      );
    desktop.admit(role);
    await goTo(page, desktop.url + query);
    await stateIs(page, "connected");
    return page;
  }

  const stateIs = (page: Page, state: string) =>
    eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe(state));
  const screenshot = (page: Page, name: string) => shoot(page, join(screenshots, `${name}.png`));
  const clickTerminal = (page: Page) => page.mouse.click(200, 200);
  const type = async (page: Page, text: string) => {
    await clickTerminal(page);
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  const fileHas = (name: string, text: string) =>
    eventually(async () => expect(await readFile(join(desktop.folder, name), "utf8")).toBe(text));

  test("shows the desktop without an error or a violation of the content policy", async () => {
    const page = await open();
    await eventually(async () => expect(await coloursOf(page)).toBeGreaterThan(2));
    expect(complaints).toEqual([]);
  });

  test("typing in the terminal makes a file", async () => {
    const page = await open();
    await type(page, "echo It is typed > typed.txt");
    await fileHas("typed.txt", "It is typed\n");
  });

  test("the desktop follows the window's size, and keeps it when asked to scale", async () => {
    const page = await open();
    await eventually(async () => expect(await desktop.size()).toBe("1280x800"));
    await page.setViewportSize({ width: 1000, height: 640 });
    await eventually(async () => expect(await desktop.size()).toBe("1000x640"));
    await openPanel(page, "display");
    await page.getByRole("radio", { name: "Scale" }).check();
    await page.setViewportSize({ width: 700, height: 640 });
    await eventually(async () =>
      expect(await page.locator("#desktop canvas").last().boundingBox()).toMatchObject({ width: 700 }),
    );
    expect(await desktop.size()).toBe("1000x640");
  });

  /** Waits until the page shows the whole desktop at this width. */
  const pictureIs = (page: Page, width: number) =>
    eventually(async () => {
      const box = await page.locator("#desktop canvas").last().boundingBox();
      expect(Math.round(box?.width ?? 0)).toBe(width);
    });
  const sizeIs = (size: string) => eventually(async () => expect(await desktop.size()).toBe(size));

  // A second, smaller window made the desktop small for everybody, and it stayed so when that window was closed.
  test("the window that the owner used last leads the desktop's size, and the next one when it goes", async () => {
    const large = await open();
    await sizeIs("1280x800");
    const phone = await open({ viewport: { width: 390, height: 844 } });
    await sizeIs("390x844");
    // The other window scales: to its height.
    await pictureIs(large, Math.round((390 * 800) / 844));
    await clickTerminal(large);
    await sizeIs("1280x800");
    await pictureIs(phone, 390);
    await phone.setViewportSize({ width: 400, height: 700 });
    await pictureIs(phone, 400);
    expect(await desktop.size()).toBe("1280x800");
    await phone.keyboard.press("Shift");
    await sizeIs("400x700");
    await phone.close();
    await sizeIs("1280x800");
    await pictureIs(large, 1280);
  });

  test("a window that scales, a participant's and a viewer's leave the desktop's size alone", async () => {
    const owner = await open();
    await sizeIs("1280x800");
    const participant = await open({ viewport: { width: 700, height: 500 } }, "", "participant");
    await pictureIs(participant, 700);
    await participant.mouse.click(300, 300);
    await openPanel(participant, "display");
    await participant.getByText("Another window sets the desktop's size.").waitFor();
    const scaling = await open({ viewport: { width: 600, height: 500 } }, "?resize=scale");
    await pictureIs(scaling, 600);
    await scaling.mouse.click(300, 300);
    expect(await desktop.size()).toBe("1280x800");
    await owner.close();
    await scaling.close();
    await sizeIs("700x500");
    expect(await participant.getByText("Another window sets the desktop's size.").isVisible()).toBe(false);
  });

  test("after a loss of the connection the same window leads again", async () => {
    const small = await open({ viewport: { width: 700, height: 500 } });
    const large = await open();
    await sizeIs("1280x800");
    await clickTerminal(small);
    await sizeIs("700x500");
    await desktop.killRelay();
    for (const page of [small, large]) await stateIs(page, "reconnecting");
    await desktop.startRelay();
    for (const page of [large, small]) await stateIs(page, "connected");
    await sizeIs("700x500");
    await pictureIs(small, 700);
  });

  test("settings are kept for the next visit", async () => {
    const page = await open();
    await openPanel(page, "display");
    await page.getByRole("radio", { name: "Sharp text" }).check();
    await page.getByText("Every letter exact").waitFor();
    await page.reload();
    await stateIs(page, "connected");
    await openPanel(page, "display");
    expect(await page.getByRole("radio", { name: "Sharp text" }).isChecked()).toBe(true);
  });

  test("the panel's clipboard field is the desktop's clipboard, both ways", async () => {
    const page = await open();
    await openPanel(page, "clipboard");
    const field = page.getByLabel("Text shared with the desktop");
    await field.fill("to the desktop: äöü € 漢字");
    await eventually(async () => expect(await desktop.clipboard()).toBe("to the desktop: äöü € 漢字"));
    await desktop.copy("from the desktop: ж ☃\nsecond line");
    await eventually(async () => expect(await field.inputValue()).toBe("from the desktop: ж ☃\nsecond line"));
  });

  test("with the browser's permission both clipboards are synchronised", async () => {
    const page = await open({ permissions: ["clipboard-read", "clipboard-write"] });
    const local = () => page.evaluate(() => navigator.clipboard.readText());
    await page.evaluate(() => navigator.clipboard.writeText("from before the visit"));
    const feed = page.waitForEvent("websocket", (socket) => socket.url().endsWith("/api/clipboard"));
    await page.reload();
    // What the desktop has before this first message does not replace the browser's.
    await (await feed).waitForEvent("framereceived");
    await eventually(async () => expect(await desktop.clipboard()).toBe("from before the visit"));
    await desktop.copy("copied on the desktop");
    await eventually(async () => expect(await local()).toBe("copied on the desktop"));
    await page.evaluate(() => navigator.clipboard.writeText("copied in the browser"));
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await eventually(async () => expect(await desktop.clipboard()).toBe("copied in the browser"));
  });

  test("Ctrl+V sends the browser's text without any permission, before the key", async () => {
    const page = await open({ permissions: ["clipboard-write"] });
    await page.evaluate(() => navigator.clipboard.writeText("pasted with the key"));
    // A program that reads the clipboard as soon as it gets the key, as a real paste does.
    await type(
      page,
      "stty raw; : > ready; head -c1 > key; xclip -selection clipboard -o > pasted; stty sane",
    );
    await fileHas("ready", "");
    await page.keyboard.press("Control+v");
    await fileHas("key", "\x16");
    await fileHas("pasted", "pasted with the key");
  });

  // The desktop pasted what it had before.
  test("Ctrl+V with a text that is too large says so, and the desktop does not paste something else", async () => {
    await desktop.copy("the desktop's");
    const page = await open({ permissions: ["clipboard-write"] });
    await page.evaluate(() => navigator.clipboard.writeText("x".repeat(2 ** 24 + 1)));
    await type(page, "stty raw; : > waits; head -c1 > typed; stty sane");
    await fileHas("waits", "");
    await page.keyboard.press("Control+v");
    await page.locator(".toast", { hasText: "Clipboard not sent: larger than 16\u00a0MiB." }).waitFor();
    await screenshot(page, "clipboard-too-large");
    await page.keyboard.press("k");
    await fileHas("typed", "k");
    expect(await desktop.clipboard()).toBe("the desktop's");
  });

  // "Connecting" was shown for ever.
  test("a page whose script does not load says so", async () => {
    const context = await browser.newContext({ colorScheme: "dark" });
    const page = await context.newPage();
    await page.route("**/main.js", (route) => route.abort());
    await goTo(page, desktop.url);
    const opacity = () => page.locator("#not-loaded").evaluate((place) => getComputedStyle(place).opacity);
    expect(await opacity()).toBe("0");
    await page.evaluate(() => {
      for (const animation of document.getAnimations()) animation.effect?.updateTiming({ delay: 0 });
    });
    await eventually(async () => expect(await opacity()).toBe("1"));
    await screenshot(page, "not-loaded");
  });

  test("a lost connection is shown, retried and restored", async () => {
    const page = await open();
    await eventually(async () => expect(await coloursOf(page)).toBeGreaterThan(2));
    await desktop.killRelay();
    await stateIs(page, "reconnecting");
    await eventually(async () =>
      expect(await page.textContent("#status-detail")).toMatch(/Trying again in \d+\ss/),
    );
    expect(await page.textContent("#announcer")).toContain("Reconnecting");
    await screenshot(page, "reconnecting");
    await desktop.startRelay();
    await stateIs(page, "connected");
    await eventually(async () => expect(await coloursOf(page)).toBeGreaterThan(2));
    await type(page, "echo again > reconnected.txt");
    await fileHas("reconnected.txt", "again\n");
  });

  test("a network loss is noticed, and its return ends the wait", async () => {
    const page = await open();
    await page.context().setOffline(true);
    await stateIs(page, "reconnecting");
    await page.context().setOffline(false);
    await stateIs(page, "connected");
  });

  test("refused credentials end the attempts and ask for a reload", async () => {
    const page = await open();
    desktop.refuse(true);
    await stateIs(page, "disconnected");
    await screenshot(page, "signed-out");
    desktop.refuse(false);
    await page.getByRole("button", { name: "Reload page" }).click();
    await stateIs(page, "connected");
  });

  test("the visitor can disconnect and reconnect", async () => {
    const page = await open();
    await openPanel(page, "more");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await stateIs(page, "disconnected");
    await screenshot(page, "disconnected");
    await page.keyboard.press("Enter");
    await stateIs(page, "connected");
  });

  test("view only sends no input until it is switched off", async () => {
    const page = await open();
    await openPanel(page, "keys");
    const gamepads = page.getByText("Use gamepads");
    await gamepads.waitFor();
    await page.getByRole("button", { name: "View only" }).click();
    // Its switch did nothing there.
    expect(await gamepads.isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    await type(page, "echo forbidden > forbidden.txt");
    await openPanel(page);
    await page.getByRole("button", { name: "View only" }).click();
    await page.keyboard.press("Escape");
    await type(page, "ls forbidden.txt > seen.txt 2>&1; echo done >> seen.txt");
    await eventually(async () =>
      expect(await readFile(join(desktop.folder, "seen.txt"), "utf8")).toContain("done"),
    );
    expect(await readFile(join(desktop.folder, "seen.txt"), "utf8")).toContain("No such file");
  });

  test("a viewer sees that they watch, the whole desktop, and no control that does nothing", async () => {
    const page = await open({}, "", "viewer");
    const controls = [
      ...["#view-only", "#touch-keyboard", "#section-clipboard", "#section-keys"],
      "label:has([value=remote])",
    ];
    const shown = async () => {
      const all = controls.map(async (control) => ((await page.isVisible(control)) ? control : ""));
      return (await Promise.all(all)).filter((control) => control !== "");
    };
    await page.getByText("Watching", { exact: true }).waitFor();
    await openPanel(page, "display");
    expect(await shown()).toEqual([]);
    expect(await page.getByRole("radio", { name: "Scale" }).isChecked()).toBe(true);
    await screenshot(page, "viewer");
    const before = await desktop.size();
    await page.setViewportSize({ width: 700, height: 640 });
    await eventually(async () =>
      expect(await page.locator("#desktop canvas").last().boundingBox()).toMatchObject({ width: 700 }),
    );
    expect(await desktop.size()).toBe(before);
    // Only a viewer sees less: the same page shows everything once the visitor may do more.
    await desktop.killRelay();
    await desktop.startRelay();
    desktop.admit("participant");
    await eventually(async () => expect(await shown()).toEqual(controls));
    expect(await page.getByText("Watching", { exact: true }).isVisible()).toBe(false);
    await eventually(async () => expect(await desktop.size()).toBe("700x640"));
  });

  // The desktop ran in /tmp, and people lost their work without a warning.
  test("a home that is not kept: a notice until it is closed, and a section of the panel", async () => {
    for (const [name, options, query] of [
      ["light", { colorScheme: "light" }, ""],
      ["dark", { colorScheme: "dark" }, "?lang=de"],
      ["phone", { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }, "?lang=de"],
    ] as [string, BrowserContextOptions, string][]) {
      const page = await open(options, query, "owner", { "temporary-home": {} });
      const text = query === "" ? /^Nothing is kept/ : /^Nichts bleibt erhalten/;
      const notice = page.locator("#home-notice");
      await notice.getByText(text).waitFor();
      await screenshot(page, `home-notice-${name}`);
      expect(await lowContrast(page)).toEqual([]);
      const { x = -1, width = 1e4 } = (await notice.boundingBox()) ?? {};
      expect([x >= 0, x + width <= (page.viewportSize()?.width ?? 0)]).toEqual([true, true]);
      await notice.getByRole("button").click();
      expect(await notice.count()).toBe(0);
      await openPanel(page, "files");
      await page.locator("#groups-files").getByText(text).waitFor();
      await screenshot(page, `home-panel-${name}`);
      expect(complaints).toEqual([]);
      await page.context().close();
    }
    const page = await open({}, "", "viewer", { "temporary-home": {} });
    await page.getByText("Watching", { exact: true }).waitFor();
    expect(await page.locator("#home-notice").isVisible()).toBe(false);
  });

  test("the panel works with the keyboard alone", async () => {
    const page = await open();
    await clickTerminal(page);
    for (const key of ["Control", "Alt", "Shift"]) await page.keyboard.down(key);
    for (const key of ["Shift", "Alt", "Control"]) {
      expect(await page.locator("#panel").isHidden()).toBe(true);
      await page.keyboard.up(key);
    }
    await eventually(async () => expect(await focused(page)).toBe("search"));
    expect(await page.getAttribute("#handle", "aria-expanded")).toBe("true");
    const visit = async (steps: number) => {
      const visited: string[] = [];
      for (let step = 0; step < steps; step++) {
        await page.keyboard.press("Tab");
        visited.push(await focused(page));
      }
      return visited;
    };
    expect(await visit(4)).toEqual(["full-screen", "touch-keyboard", "view-only", "SUMMARY"]);
    await page.keyboard.press("Enter");
    expect(await visit(4)).toEqual(["clipboard-text", "clipboard-paste", "clipboard-copy", "clipboard-sync"]);
    await page.locator("#search").focus();
    await page.keyboard.type("quality");
    await page.keyboard.press("Enter");
    expect(
      await page.getByRole("radio", { name: "Automatic" }).evaluate((radio) => radio.matches(":focus")),
    ).toBe(true);
    await page.keyboard.press("ArrowDown");
    expect(await page.getByRole("radio", { name: "Sharp text" }).isChecked()).toBe(true);
    // Escape ends the search first.
    await page.keyboard.press("Escape");
    expect(await page.locator("#search").inputValue()).toBe("");
    await page.locator("#clipboard-text").focus();
    await page.keyboard.type("not for the desktop");
    await page.keyboard.press("Escape");
    expect(await page.locator("#panel").isHidden()).toBe(true);
    expect(await focused(page)).toBe("desktop-input");
    await page.keyboard.type("echo focus > focus.txt");
    await page.keyboard.press("Enter");
    await fileHas("focus.txt", "focus\n");
  });

  test("a key held while the focus moves to the panel is released on the desktop", async () => {
    const page = await open();
    await clickTerminal(page);
    await page.keyboard.down("Shift");
    await openPanel(page);
    await page.keyboard.up("Shift");
    await page.keyboard.press("Escape");
    await type(page, "echo small > small.txt");
    await fileHas("small.txt", "small\n");
  });

  test("a key combination from the panel reaches the desktop", async () => {
    const page = await open();
    await type(page, "cat -v > keys.txt");
    await openPanel(page, "keys");
    await page.getByRole("button", { name: "Esc", exact: true }).click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+d");
    await fileHas("keys.txt", "^[\n");
  });

  test("a phone shows the panel as a sheet with large buttons, and has a keyboard", async () => {
    const phone = {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
    };
    const page = await open(phone);
    // As many pixels as the phone's screen, but at least 1024 in a row.
    await eventually(async () => expect(await desktop.size()).toBe("1024x2216"));
    await screenshot(page, "phone");
    await openPanel(page);
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState }) => playState === "finished"),
    );
    const sheet = await page.locator("#panel").boundingBox();
    expect(sheet).toMatchObject({ x: 0, width: 390 });
    expect(sheet?.y).toBeGreaterThan(250);
    expect(await smallButtons(page)).toEqual([]);
    await screenshot(page, "phone-panel");
    await page.getByRole("button", { name: "Keyboard", exact: true }).tap();
    await eventually(async () => expect(await focused(page)).toBe("touch-input"));
    expect(await page.locator("#panel").isHidden()).toBe(true);
    await page.keyboard.insertText("mistake");
    await page.getByRole("button", { name: "Ctrl", exact: true }).tap();
    await page.keyboard.insertText("u");
    const ime = await page.context().newCDPSession(page);
    for (const text of ["e", "ec", "ehco", "echo"]) {
      await ime.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    }
    await ime.send("Input.insertText", { text: "echo" });
    await page.touchscreen.tap(100, 80);
    await page.keyboard.insertText(" ünicode > touch.txt");
    await screenshot(page, "phone-keys");
    await page.keyboard.press("Enter");
    await fileHas("touch.txt", "ünicode\n");
  });

  test.each(["light", "dark"] as const)("the panel in the %s scheme", async (colorScheme) => {
    const page = await open({ colorScheme });
    await eventually(async () => expect(await coloursOf(page)).toBeGreaterThan(2));
    await screenshot(page, `desktop-${colorScheme}`);
    await openPanel(page);
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState }) => playState === "finished"),
    );
    await screenshot(page, `panel-${colorScheme}`);
    expect(await lowContrast(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("the theme can be chosen independently of the system, and is kept", async () => {
    const page = await open({ colorScheme: "light" });
    await openPanel(page, "display");
    const ground = () =>
      page.evaluate<string>(`getComputedStyle(document.querySelector("#panel")).backgroundColor`);
    const groundIs = (colour: string) => eventually(async () => expect(await ground()).toBe(colour));
    const light = await ground();
    await page.getByRole("radio", { name: "Dark" }).check();
    await eventually(async () => expect(await ground()).not.toBe(light));
    const dark = await ground();
    await eventually(async () => expect(await lowContrast(page)).toEqual([]));
    await page.reload();
    await stateIs(page, "connected");
    await groundIs(dark);
    await page.emulateMedia({ colorScheme: "dark" });
    await openPanel(page, "display");
    await page.getByRole("radio", { name: "Light" }).check();
    await groundIs(light);
    await page.getByRole("radio", { name: "System" }).check();
    await groundIs(dark);
    expect(complaints).toEqual([]);
  });
});
