import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM } from "../helpers/chromium.ts";
import { eventually } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel } from "../helpers/panel.ts";
import { listenToPointer } from "../runtime/pointer/x-listener.ts";
import { missingPrograms, startDesktop } from "./desktop.ts";
import { layouts, type Press, press } from "./layouts.ts";
import { recordSent, type Told, told } from "./recorder.ts";

/** Caps Lock and Num Lock. */
const LOCKS = [0xffe5, 0xff7f];
const canRun = missingPrograms.length === 0;
const title = canRun ? "input in Chromium" : `input (not run: no ${missingPrograms.join(", ")})`;
const touch = { hasTouch: true, isMobile: true, viewport: { width: 800, height: 600 } };

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;

  beforeAll(async () => {
    // The headless shell is slow at a locked mouse.
    [desktop, browser] = await Promise.all([startDesktop(), chromium.launch(CHROMIUM)]);
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  /** Opens the page; `services` simulates a server that offers them. */
  async function open(options: BrowserContextOptions = {}, services = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    await recordSent(page);
    await page.route("**/api/services", (route) =>
      route.fulfill({ json: services, headers: { "Kasmix-Gateway": "1" } }),
    );
    await goTo(page, desktop.url);
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    return page;
  }

  const command = async (page: Page, text: string) => {
    await page.mouse.click(200, 200);
    // Text typed by an earlier test must not become part of the command.
    await page.keyboard.press("Control+u");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  /** Opens a program that records its input, which the shell no longer takes, and returns what expects it, at its end. */
  async function record(page: Page, name: string) {
    await command(page, `: > ${name}.ready; cat > ${name}.txt`);
    await eventually(async () =>
      expect(await readFile(join(desktop.folder, `${name}.ready`))).toHaveLength(0),
    );
    return async (expected: string) => {
      await eventually(async () =>
        expect(await readFile(join(desktop.folder, `${name}.txt`), "utf8")).toBe(expected),
      );
      await page.keyboard.press("Control+d");
    };
  }
  /** Types a line into a program that records its input, and expects it there. */
  async function typed(page: Page, name: string, presses: readonly Press[], expected: string): Promise<void> {
    const recorded = await record(page, name);
    await press(page, presses);
    await page.keyboard.press("Enter");
    await recorded(`${expected}\n`);
  }

  // The page corrects a lock that another test left on before the first key, if it knows of it by then.
  const keys = async (page: Page) =>
    (await told(page)).filter((message) => message.kind === "key" && !LOCKS.includes(message.keysym));
  const masks = async (page: Page) =>
    (await told(page)).flatMap((message) => (message.kind === "pointer" ? [message.mask] : []));
  const pointers = async (page: Page) =>
    (await told(page)).filter((message): message is Told & { kind: "pointer" } => message.kind === "pointer");

  test.each(Object.entries(layouts))(
    "a keyboard with the layout %s types what is printed on it",
    async (name, presses) => {
      await typed(await open(), name, presses, presses.map(({ key }) => key).join(""));
    },
  );

  test("a dead key is not typed, but the letter it produces is", async () => {
    const presses = [
      { key: "Dead", code: "Equal" },
      { key: "é", code: "KeyE" },
      { key: "Dead", code: "Equal", shift: true },
      { key: "ò", code: "KeyO" },
    ];
    await typed(await open(), "dead", presses, "éò");
  });

  // The display server has about thirty spare keys for other characters, and later ones were lost.
  test("hundreds of different characters all arrive", async () => {
    const page = await open();
    await record(page, "many");
    const characters = [...Array(300).keys()].map((offset) => String.fromCodePoint(0x4e00 + 7 * offset));
    for (let at = 0; at < characters.length; at += 30) {
      await press(
        page,
        characters.slice(at, at + 30).map((key) => ({ key, code: "KeyA" })),
      );
      await page.keyboard.press("Enter");
      await eventually(async () =>
        expect((await readFile(join(desktop.folder, "many.txt"), "utf8")).replaceAll("\n", "")).toBe(
          characters.slice(0, at + 30).join(""),
        ),
      );
    }
    await page.keyboard.press("Control+d");
  });

  test("Caps Lock is synchronised, whichever side it was pressed on", async () => {
    const page = await open();
    const presses = [
      { key: "a", code: "KeyA" },
      { key: "B", code: "KeyB", caps: true },
      { key: "C", code: "KeyC", caps: true },
      { key: "d", code: "KeyD" },
    ];
    await typed(page, "caps", presses, "aBCd");
  });

  test("Num Lock is synchronised: the keypad types digits or moves the cursor", async () => {
    const page = await open();
    const presses = [
      { key: "1", code: "Numpad1", num: true },
      { key: ",", code: "NumpadDecimal", num: true },
      { key: "Home", code: "Numpad7" },
      { key: "2", code: "Digit2" },
      { key: "3", code: "Numpad3", num: true },
      { key: "+", code: "NumpadAdd", num: true },
    ];
    await typed(page, "num", presses, "1,\u001b[H23+");
    // A program or another visitor pressed it on the desktop; the next key corrects it.
    await typed(page, "num-again", [{ key: "4", code: "Numpad4", num: true }], "4");
  });

  test("Ctrl with a letter of another script is the command of that key", async () => {
    const page = await open();
    const before = (await keys(page)).length;
    await page.evaluate(() => {
      const field = document.querySelector("#desktop-input");
      const init = { bubbles: true, ctrlKey: true };
      for (const [type, key, code] of [
        ["keydown", "Control", "ControlLeft"],
        ["keydown", "с", "KeyC"],
        ["keyup", "с", "KeyC"],
        ["keyup", "Control", "ControlLeft"],
      ] as const)
        field?.dispatchEvent(new KeyboardEvent(type, { ...init, key, code }));
    });
    await eventually(async () =>
      expect((await keys(page)).slice(before)).toMatchObject([
        { keysym: 0xffe3, down: true },
        { keysym: 0x63, down: true },
        { keysym: 0x63, down: false },
        { keysym: 0xffe3, down: false },
      ]),
    );
  });

  // A lower-case v made the display server release Shift around it: a terminal got Ctrl+V.
  test("Ctrl+Shift+V pastes in a terminal that takes Ctrl+V for something else", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    const page = await open({ permissions }, { clipboard: {} });
    await page.evaluate(() => navigator.clipboard.writeText("without formatting\n"));
    await eventually(async () => {
      await page.evaluate(() => window.dispatchEvent(new Event("focus")));
      expect(await desktop.clipboard()).toBe("without formatting\n");
    });
    const recorded = await record(page, "shift");
    // Its own end of the line: a key pressed next could overtake the text, for which the terminal asks first.
    await page.keyboard.press("Control+Shift+V");
    await recorded("without formatting\n");
  });

  test("keys are sent by position when asked, for games", async () => {
    const page = await open();
    await openPanel(page, "keys");
    await page.getByLabel("Physical key positions (games)").check();
    await page.keyboard.press("Escape");
    const before = (await keys(page)).length;
    await press(page, [{ key: "z", code: "KeyW" }]);
    // 0x11 is the key labelled W on an American keyboard.
    await eventually(async () =>
      expect((await keys(page)).slice(before)).toMatchObject([
        { scancode: 0x11, down: true },
        { scancode: 0x11, down: false },
      ]),
    );
  });

  // All this was lost: the picture had the focus, and it takes no text.
  test("an input method composes on the desktop, which gets the text once it is final", async () => {
    const page = await open();
    const recorded = await record(page, "compose");
    await page.keyboard.type("a");
    const before = (await keys(page)).length;
    const ime = await page.context().newCDPSession(page);
    // The first press comes before the composition, with the key of the keyboard.
    const taken = { key: "n", code: "KeyN", windowsVirtualKeyCode: 229 };
    await ime.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...taken });
    for (const text of ["n", "に", "にh", "にほん"]) {
      const selection = { selectionStart: text.length, selectionEnd: text.length };
      await ime.send("Input.imeSetComposition", { text, ...selection });
    }
    await ime.send("Input.dispatchKeyEvent", { type: "keyUp", ...taken });
    const field = page.locator("#desktop-input");
    expect(await field.inputValue()).toBe("にほん");
    expect(await field.evaluate((element) => getComputedStyle(element).opacity)).toBe("1");
    expect(await keys(page)).toHaveLength(before);
    await ime.send("Input.insertText", { text: "日本" });
    expect(await field.evaluate((element) => getComputedStyle(element).opacity)).toBe("0");
    await page.keyboard.type("z");
    await page.keyboard.press("Enter");
    await recorded("a日本z\n");
  });

  test("text without keys arrives: dictation, emoji pickers, text expanders", async () => {
    const page = await open();
    const recorded = await record(page, "inserted");
    await page.keyboard.insertText("dictated über ");
    await page.keyboard.type("typed ");
    await page.keyboard.down("Control");
    await page.keyboard.down("Shift");
    await page.keyboard.insertText("☺ ж 😀");
    await page.keyboard.up("Shift");
    await page.keyboard.up("Control");
    await page.keyboard.press("Enter");
    await recorded("dictated über typed ☺ ж 😀\n");
  });

  test("where keys are sent by position, an input method gets none of them", async () => {
    const page = await open();
    const isReadOnly = () => page.locator("#desktop-input").evaluate((field) => field.matches(":read-only"));
    expect(await isReadOnly()).toBe(false);
    await openPanel(page, "keys");
    await page.getByLabel("Physical key positions (games)").check();
    expect(await isReadOnly()).toBe(true);
  });

  test("an input method composes in the panel's keyboard, also on a computer with a keyboard", async () => {
    const page = await open();
    const recorded = await record(page, "ime");
    await openPanel(page);
    await page.getByRole("button", { name: "Keyboard", exact: true }).click();
    const ime = await page.context().newCDPSession(page);
    for (const text of ["n", "に", "にh", "にほん"]) {
      const selection = { selectionStart: text.length, selectionEnd: text.length };
      await ime.send("Input.imeSetComposition", { text, ...selection });
    }
    await ime.send("Input.insertText", { text: "日本" });
    await page.keyboard.press("Enter");
    await recorded("日本\n");
  });

  test("fine wheel motion adds up to steps", async () => {
    const page = await open();
    await page.mouse.move(300, 300);
    for (let count = 0; count < 10; count += 1) await page.mouse.wheel(0, 10);
    await eventually(async () => expect((await masks(page)).filter((mask) => mask === 16)).toHaveLength(2));
    for (let count = 0; count < 5; count += 1) await page.mouse.wheel(0, -10);
    await eventually(async () => expect((await masks(page)).filter((mask) => mask === 8)).toHaveLength(1));
    for (let count = 0; count < 5; count += 1) await page.mouse.wheel(10, 0);
    await eventually(async () => expect((await masks(page)).filter((mask) => mask === 64)).toHaveLength(1));
  });

  test("a locked mouse starts at its position and stops at the desktop's edge", async () => {
    const page = await open();
    await openPanel(page, "keys");
    const button = page.getByRole("button", { name: "Lock mouse" });
    await button.click();
    await eventually(async () => expect(await button.getAttribute("aria-pressed")).toBe("true"));
    const move = (movementX: number, movementY: number, type = "mousemove", buttons = 0) =>
      page.evaluate(
        ([x, y, type, buttons]) =>
          document.pointerLockElement?.dispatchEvent(
            new MouseEvent(type, {
              bubbles: true,
              clientX: 5,
              clientY: 5,
              movementX: x,
              movementY: y,
              buttons,
            }),
          ),
        [movementX, movementY, type, buttons] as const,
      );
    await move(100, -50);
    await eventually(async () => expect((await pointers(page)).at(-1)).toMatchObject({ x: 740, y: 350 }));
    await move(0, 0, "mousedown", 1);
    await move(-20, 0, "mousemove", 1);
    await eventually(async () =>
      expect((await pointers(page)).at(-1)).toMatchObject({ mask: 1, x: 720, y: 350 }),
    );
    await move(0, 0, "mouseup", 0);
    await move(5000, 5000);
    await eventually(async () =>
      expect((await pointers(page)).at(-1)).toMatchObject({ mask: 0, x: 1279, y: 799 }),
    );
  });

  // Over RFB it stopped at the desktop's edge: nobody could turn around in a first-person game.
  test("a locked mouse moves without end where the server takes relative motion, also with buttons and wheel", async () => {
    const game = await listenToPointer(desktop.path, Buffer.alloc(0));
    const page = await open({}, { pointer: {} });
    await openPanel(page, "keys");
    const button = page.getByRole("button", { name: "Lock mouse" });
    const [channel] = await Promise.all([page.waitForEvent("websocket"), button.click()]);
    expect(channel.url()).toMatch(/\/pointer$/);
    const does = (type: string, init: object, count = 1) =>
      page.evaluate(
        ([type, init, count]) => {
          const Kind = type === "wheel" ? WheelEvent : MouseEvent;
          for (let time = 0; time < count; time += 1)
            document.pointerLockElement?.dispatchEvent(new Kind(type, { bubbles: true, ...init }));
        },
        [type, init, count] as const,
      );
    // Until the channel is open, motion is sent over RFB, whose positions are raw motion as well.
    let sent = 0;
    channel.on("framesent", () => {
      sent += 1;
    });
    await eventually(async () => {
      await does("mousemove", { movementX: 1 });
      expect(sent).toBeGreaterThan(0);
    });
    let last = Number.NaN;
    await eventually(
      () => {
        const before = last;
        last = game.moved.x;
        expect(last).toBe(before);
      },
      { interval: 300 },
    );
    const [start, told] = [{ ...game.moved }, (await pointers(page)).length];
    await does("mousemove", { movementX: 300, movementY: -200 }, 50);
    await does("mousedown", { button: 2 });
    await does("mouseup", { button: 2 });
    await does("wheel", { deltaY: 30 }, 2);
    await eventually(() => {
      expect(game.moved).toEqual({ x: start.x + 15_000, y: start.y - 10_000 });
      expect(game.buttons).toEqual(["3 down", "3 up", "5 down", "5 up"]);
    });
    expect((await pointers(page)).length).toBe(told);
    await page.evaluate("document.exitPointerLock()");
    await eventually(() => expect(channel.isClosed()).toBe(true));
    game.close();
  });

  test("a tap is a click, and a long press is the right button", async () => {
    const page = await open(touch);
    await showsAll(page, 1024);
    const waits = await recordTimers(page);
    await page.touchscreen.tap(300, 200);
    await eventually(async () => expect(await masks(page)).toContain(1));
    expect(await desktop.size()).toBe("1024x768");
    expect((await pointers(page)).find(({ mask }) => mask === 1)).toMatchObject({ x: 384, y: 256 });
    const fingers = await page.context().newCDPSession(page);
    await fingers.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: 400, y: 250 }] });
    await eventually(async () => expect(await masks(page)).toContain(4));
    await fingers.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    // noVNC's long press takes a second.
    const waited = await waits();
    expect([waited.includes(500), waited.includes(1000)]).toEqual([true, false]);
    expect((await pointers(page)).find(({ mask }) => mask === 4)).toMatchObject({ x: 512, y: 320 });
  });

  /** Returns the function that tells for how many milliseconds timers of the page were set since now. */
  async function recordTimers(page: Page): Promise<() => Promise<number[]>> {
    await page.evaluate(() => {
      const [set, waits] = [window.setTimeout, [] as number[]];
      Object.assign(window, {
        waits,
        setTimeout: (handler: TimerHandler, time = 0) => {
          waits.push(time);
          return set(handler, time);
        },
      });
    });
    return () => page.evaluate<number[]>("waits");
  }

  /** Two fingers on a page: puts them down or moves them, to ax, ay, bx, by; without a place it lifts them. */
  async function twoFingers(page: Page) {
    const devtools = await page.context().newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
      devtools.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: touchPoints.map((point, id) => ({ ...point, id })),
      });
    return {
      /** Goes from one place to another in steps of about 10 pixels, and lifts the fingers. */
      async go(from: readonly [Point, Point], to: readonly [Point, Point] = from): Promise<void> {
        const between = (step: number) =>
          from.map(([x, y], index) => {
            const [toX, toY] = to[index] ?? [x, y];
            return { x: x + (step / 20) * (toX - x), y: y + (step / 20) * (toY - y) };
          });
        await send("touchStart", between(0));
        if (to !== from) for (let step = 1; step <= 20; step++) await send("touchMove", between(step));
        await send("touchEnd", []);
      },
    };
  }
  type Point = readonly [number, number];
  const at = (ax: number, bx: number, y = 400): [Point, Point] => [
    [ax, y],
    [bx, y],
  ];
  const about = (value: number) => expect.toSatisfy((actual: number) => Math.abs(actual - value) <= 2);

  /** Waits until the page shows a desktop of this width. */
  const showsAll = (page: Page, width: number) =>
    eventually(async () =>
      expect(await page.locator("#desktop canvas").last().getAttribute("width")).toBe(`${width}`),
    );
  /** Where a tap on the page is on the desktop. Chromium takes touches back from a page that is slow to handle them. */
  const tapped = (page: Page, x: number, y: number) =>
    eventually(async () => {
      const before = (await pointers(page)).length;
      await page.touchscreen.tap(x, y);
      const press = async () => (await pointers(page)).slice(before).find(({ mask }) => mask === 1);
      await eventually(async () => expect(await press()).toBeDefined(), { timeout: 3_000 });
      return await press();
    });

  test("two fingers turn the wheel, and tap for the right button", async () => {
    const page = await open(touch);
    const fingers = await twoFingers(page);
    await fingers.go(at(300, 360));
    await eventually(async () => expect(await masks(page)).toContain(4));
    await fingers.go(at(300, 360), at(300, 360, 200));
    await eventually(async () => expect(await masks(page)).toContain(16));
  });

  test("two fingers enlarge the picture and move it, and then turn the wheel at its edge", async () => {
    const page = await open({ ...touch, viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 });
    await showsAll(page, 1170);
    const fingers = await twoFingers(page);
    expect(await tapped(page, 100, 300)).toMatchObject({ x: 300, y: 900 });
    // Apart, around a point that stays where it is, until the picture is twice as large.
    const [near, far] = [at(127, 263), at(59, 331)];
    await fingers.go(near, far);
    const { width = 0 } = (await page.locator("#desktop canvas").last().boundingBox()) ?? {};
    expect(width).toBeCloseTo(780, 0);
    expect(await tapped(page, 195, 400)).toMatchObject({ x: about(585), y: about(1200) });
    expect(await tapped(page, 100, 300)).toMatchObject({ x: about(442), y: about(1050) });
    const wheel = async () => (await masks(page)).filter((mask) => mask === 8 || mask === 16);
    // 100 pixels down: the picture goes with the fingers.
    await fingers.go(at(150, 250, 400), at(150, 250, 500));
    expect(await tapped(page, 195, 500)).toMatchObject({ x: about(585), y: about(1200) });
    expect(await wheel()).toEqual([]);
    // Its upper edge is reached after 300 pixels more.
    await fingers.go(at(150, 250, 200), at(150, 250, 700));
    expect(await tapped(page, 195, 100)).toMatchObject({ x: about(585), y: about(150) });
    await eventually(async () => expect((await wheel()).length).toBeGreaterThan(1));
    expect(new Set(await wheel())).toEqual(new Set([8]));
    await fingers.go(far, near);
    expect(await tapped(page, 100, 300)).toMatchObject({ x: about(300), y: about(900) });
  });
});
