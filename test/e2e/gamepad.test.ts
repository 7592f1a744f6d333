import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { unpackPackages } from "../helpers/debian.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { ask } from "../helpers/gateway.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { shoot } from "../helpers/shoot.ts";

const folder = mkdtempSync(join(tmpdir(), "kasmix-game-"));
const missing = await unpackPackages(["libsdl2-2.0-0", "joystick", "evtest"], folder).then(
  () => undefined,
  (error) => String(error),
);
const FIXTURES = join(import.meta.dirname, "fixtures");
/** Gives the page gamepads, and `pads` to move them. */
const GAMEPADS = readFileSync(join(FIXTURES, "gamepads.js"), "utf8");
const LIBRARIES = "/game/usr/lib/x86_64-linux-gnu";
const GAME = {
  name: "game",
  title: "Game",
  command: ["python3", "/game/game.py"],
  environment: { LD_LIBRARY_PATH: LIBRARIES, SDL_VIDEODRIVER: "dummy" },
  autostart: true,
  restart: "always",
};

/** An event in the game's output; `at` is the time of day in milliseconds. */
interface Said {
  readonly at: number;
  readonly event: string;
  readonly name?: string;
  readonly number?: number;
  readonly value?: number;
}

describe.skipIf(missing)(`a gamepad of the browser${missing ? ` (not run: ${missing})` : ""}`, () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    copyFileSync(join(FIXTURES, "game.py"), join(folder, "game.py"));
    writeFileSync(join(folder, "workspace.json"), JSON.stringify({ apps: [GAME] }));
    [browser, container] = await Promise.all([sharedBrowser(), start()]);
    await says(0, "started");
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(async () => {
    await container?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(...variables: string[]): Promise<TestContainer> {
    const environment = ["KASMIX_CONFIG=/game/workspace.json", ...variables];
    return startContainer({
      image: inject("image"),
      engineOptions: [...environment.flatMap((one) => ["--env", one]), "--volume", `${folder}:/game:ro`],
    });
  }

  /** The events of the game, without the first ones. */
  async function said(after = 0): Promise<Said[]> {
    const lines = (await container.log()).flatMap((line) => {
      const words = /"line":"game (\{.*\})"\}/.exec(line)?.[1];
      return words === undefined ? [] : [JSON.parse(words.replaceAll('\\"', '"')) as Said];
    });
    return lines.slice(after);
  }

  /** Waits for an event behind the first ones: its kind, number and value. */
  const says = (after: number, ...wanted: (string | number)[]) =>
    soon(async () => {
      const words = (await said(after)).map(({ event, number, value }) => [event, number, value]);
      expect(words.map((all) => all.slice(0, wanted.length))).toContainEqual(wanted);
    });

  const soon = (assertion: () => Promise<void>) => eventually(assertion, { timeout: PATIENCE });

  async function open(): Promise<Page> {
    const { page } = await visit(browser, container.url, container.settings.password);
    await page.evaluate(GAMEPADS);
    return page;
  }

  test("SDL finds it while it is plugged in, and receives its controls", async () => {
    const page = await open();
    const before = (await said()).length;
    await page.evaluate("pads.plug(0)");
    await says(before, "added");
    expect((await said(before))[0]?.name).toBe("X360 Controller");
    await page.evaluate("pads.press(0, true)");
    await says(before, "down", 0);
    await page.evaluate("pads.press(0, false)");
    await says(before, "up", 0);
    await page.evaluate("pads.move(3, -1)");
    await says(before, "axis", 3, -32768);
    await page.evaluate("pads.press(12, true)");
    await says(before, "down", 11);
    await page.evaluate("pads.press(7, true, 1)");
    await says(before, "axis", 5, 32767);
    await page.evaluate("pads.unplug(0)");
    await says(before, "removed");
  });

  test("rumbles when a game asks for it, and stops", async () => {
    const page = await open();
    const before = (await said()).length;
    await page.evaluate("pads.plug(0)");
    await says(before, "added");
    await page.evaluate("pads.press(1, true)");
    await soon(async () => {
      expect(await page.evaluate("pads.rumbles")).toMatchObject([
        { strongMagnitude: expect.closeTo(0.5, 2), weakMagnitude: 1 },
        { strongMagnitude: 0, weakMagnitude: 0 },
      ]);
    });
    // Otherwise it stays for a while, and the next test finds it there or sees it go.
    await page.evaluate("pads.unplug(0)");
    await says(before, "removed");
  });

  test("releases its buttons when the page closes, and is still there when the page comes back", async () => {
    const page = await open();
    const before = (await said()).length;
    await page.evaluate("pads.plug(0)");
    // SDL takes the first position that it reads as the neutral one.
    await says(before, "added");
    await page.evaluate("pads.press(0, true)");
    await page.evaluate("pads.move(0, 1)");
    await says(before, "axis", 0, 32767);
    await page.close();
    await says(before, "up", 0);
    await says(before, "axis", 0, 0);
    const again = await open();
    await again.evaluate("pads.plug(0)");
    await again.evaluate("pads.press(3, true)");
    await says(before, "down", 3);
  });

  test("programs for joysticks and for events see it", async () => {
    const page = await open();
    await page.evaluate("pads.plug(0)");
    await page.evaluate("pads.press(2, true)");
    const script = `
      export LD_PRELOAD=/opt/kasmix/devices.so KASMIX_GAMEPADS=/tmp/kasmix-1000/gamepads
      timeout 1 /game/usr/bin/jstest --event /dev/input/js0
      timeout 1 /game/usr/bin/evtest /dev/input/event0
      /game/usr/bin/evtest --query /dev/input/event0 EV_KEY BTN_NORTH; echo "query $?"`;
    await eventually(
      async () => {
        const { stdout } = await container.attempt("sh", "-c", script);
        expect(stdout).toContain("Joystick (Microsoft X-Box 360 pad) has 8 axes");
        expect(stdout).toContain("type 129, time");
        expect(stdout).toContain("vendor 0x45e product 0x28e");
        expect(stdout).toContain("query 10");
      },
      { timeout: PATIENCE },
    );
  });

  test("the panel shows it and can switch it off", async () => {
    const page = await open();
    await openPanel(page, "keys");
    const section = page.locator(".group", { hasText: "Use gamepads" });
    await soon(async () => expect(await section.textContent()).toContain("press one of its buttons"));
    await page.evaluate("pads.plug(0)");
    await soon(async () =>
      expect(await section.getByRole("listitem").textContent()).toMatch(/^Test pad.*player 1/),
    );
    await page.evaluate("pads.press(0, true)");
    await soon(async () => expect(await section.locator("[data-touched]").count()).toBe(1));
    await shoot(page, "test-output/e2e/gamepad.png");
    const before = (await said()).length;
    await section.getByRole("checkbox").uncheck();
    await says(before, "removed");
    await page.reload();
    await page.evaluate(GAMEPADS);
    await page.evaluate("pads.plug(0)");
    await soon(async () =>
      expect(await page.locator(".gamepads + .hint").textContent()).toContain("see no gamepad"),
    );
  });

  test("brings a hundred presses to the game, in order", async () => {
    const page = await open();
    const before = (await said()).length;
    await page.evaluate("pads.plug(0)");
    await says(before, "added");
    const sent: number[] = await page.evaluate("pads.hammer(4, 100)");
    const heard = await eventually(
      async () => {
        const shoulder = (await said(before)).filter(({ event, number }) => number === 9 && event !== "axis");
        expect(shoulder).toHaveLength(100);
        return shoulder;
      },
      { timeout: PATIENCE },
    );
    const delays = heard.map(({ at }, turn) => at - (sent[turn] ?? 0)).toSorted((a, b) => a - b);
    const [p50 = 0, p95 = 0, most = 0] = [50, 95, 99].map((index) => delays[index]);
    console.log(
      `gamepad: page to game p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, most ${most.toFixed(1)} ms`,
    );
  });

  test("does not exist where the container's owner says so", async () => {
    const other = await start("KASM_SVC_GAMEPAD=0", "KASM_SVC_WEBCAM=0");
    try {
      const { port, password } = other.settings;
      const { body } = await ask(port, "/api/services", { password });
      expect(JSON.parse(body)).not.toHaveProperty("gamepad");
      expect(JSON.parse(body)).not.toHaveProperty("camera");
      const environments = await other.shell("cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'");
      expect(environments).toContain("DISPLAY=");
      expect(environments).not.toContain("devices.so");
    } finally {
      await other.remove();
    }
  });
});
