import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { painted } from "../helpers/browser.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { missingForFirefox, openFirefox } from "../helpers/firefox.ts";
import { type Loudspeaker, missingForSound, RATE, startLoudspeaker } from "../helpers/loudspeaker.ts";
import { sharedDesktop } from "../helpers/shared.ts";
import { playTone, stopTone } from "../helpers/sound.ts";
import { amplitudeAt } from "../helpers/tone.ts";
import type { Visitor } from "../helpers/visitor.ts";
import { missingForWebKit, openWebKit } from "../helpers/webkit.ts";

// Other files test Chromium; this one tests what other browsers do differently.
const BROWSERS = [
  { name: "Firefox", open: openFirefox, missing: [...missingForFirefox, ...missingForSound] },
  { name: "WebKit", open: openWebKit, missing: [...missingForWebKit, ...missingForSound] },
];

const patience = { timeout: PATIENCE };

/** Keeps all states that the page goes through: some last only half a second. */
const RECORD_STATES = `(window.states = [], new MutationObserver(() => {
  window.states.push(document.documentElement.dataset.state);
}).observe(document.documentElement, { attributeFilter: ["data-state"] }), null)`;

for (const { name, open, missing } of BROWSERS) {
  const canRun = missing.length === 0;
  const title = canRun
    ? `the client in ${name}`
    : `the client in ${name} (not run: no ${missing.join(", ")})`;
  describe.runIf(canRun)(title, () => {
    const folder = mkdtempSync(join(tmpdir(), "kasmix-browser-"));
    let container: TestContainer;
    let loudspeaker: Loudspeaker;
    let page: Visitor;

    beforeAll(async () => {
      [{ container }, loudspeaker] = await Promise.all([sharedDesktop(), startLoudspeaker()]);
      const { url, settings } = container;
      page = await open({ url, password: settings.password, environment: loudspeaker.environment });
      await stateIs("connected");
    });

    afterAll(async () => {
      await page?.close();
      await loudspeaker?.stop();
      rmSync(folder, { recursive: true });
    });

    const state = () => page.evaluate<string>("document.documentElement.dataset.state");
    const stateIs = (wanted: string) =>
      eventually(async () => expect(await state()).toBe(wanted), patience).catch(async (cause) => {
        const told = [
          await text("#status-title"),
          await text("#status-detail"),
          ...(await container.log(30)),
        ];
        throw new Error(`The page does not become ${wanted}: ${told.join("\n")}`, { cause });
      });
    const text = (selector: string) =>
      page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).textContent`);
    const clipboardText = () => page.evaluate<string>("document.querySelector('#clipboard-text').value");

    test("paints the desktop", async () => {
      await painted(page, `browsers-${name.toLowerCase()}`);
    });

    // WebKitGTK decodes nothing in a worker.
    if (name === "Firefox")
      test("shows what moves as a video, and RFB's pixels when it is still", async () => {
        const isVideo = () =>
          page.evaluate<boolean>(
            `document.querySelector("#desktop canvas:not([aria-hidden])").style.opacity === "0"`,
          );
        const videoIs = (expected: boolean) =>
          eventually(async () => expect(await isVideo()).toBe(expected), patience);
        await videoIs(false);
        const scroll = "while :; do seq 1000000; done";
        await container.shell(
          `setsid xfce4-terminal --title=Scrolling -x sh -c '${scroll}' >/dev/null 2>&1 &`,
        );
        await videoIs(true);
        await page.screenshot({ path: `test-output/e2e/browsers-video-${name.toLowerCase()}.png` });
        await container.closeWindows("Scrolling");
        await videoIs(false);
      });

    test("plays the desktop's sound after a click, with a program's frequency and level", async () => {
      await playTone(container);
      await page.clickAt(640, 300);
      await eventually(async () => {
        const samples = (await loudspeaker.record(1)).subarray(-RATE / 4);
        expect(amplitudeAt(samples, 1_000, RATE)).toBeCloseTo(0.5, 1);
      }, patience);
      await stopTone(container);
    });

    test("types characters that an American keyboard does not have", async () => {
      await page.press("Control", "Alt", "t");
      await container.shows("Terminal");
      const typed = () => container.exec("cat", `/tmp/typed-${name}`);
      await page.type(`cat > /tmp/typed-${name}\n`);
      // Until the program runs, the shell's terminal settings hold, and Enter is another character.
      await eventually(typed, patience);
      await page.type("Wörld äß€ñ {}[]@|~ 'q'\n");
      await eventually(async () => expect(await typed()).toBe("Wörld äß€ñ {}[]@|~ 'q'"), patience);
      await page.press("Control", "d");
    });

    test("shares the clipboard both ways by the panel", async () => {
      await page.click("#handle");
      await page.click("#section-clipboard > summary");
      await page.click("#clipboard-text");
      // What the desktop has had until now may come into the field meanwhile.
      await page.press("Control", "a");
      await page.type("from here ✓");
      const pasted = () => container.shell("xclip -selection clipboard -o -t UTF8_STRING");
      await eventually(async () => expect(await pasted()).toBe("from here ✓"), patience);
      await container.shell("printf %s 'from there ✓' | xclip -selection clipboard -i >/dev/null 2>&1");
      await eventually(async () => expect(await clipboardText()).toBe("from there ✓"), patience);
    });

    test("uploads a file", async () => {
      const file = join(folder, `ü ${name}.txt`);
      writeFileSync(file, `by ${name}`);
      await page.choose(".chooser input:not([webkitdirectory])", file);
      const arrived = () => container.exec("cat", `/home/kasm-user/Uploads/ü ${name}.txt`);
      await eventually(async () => expect(await arrived()).toBe(`by ${name}`), patience);
    });

    test("brings the microphone's tone to an app, and shows that it is on", async () => {
      await page.click("#section-sound > summary");
      await page.evaluate("document.querySelector('#microphone-toggle').scrollIntoView()");
      await page.click("#microphone-toggle");
      const record =
        "timeout 10 parec --raw --format=s16le --rate=48000 --channels=1 --latency-msec=20 | head -c 48000 | base64 -w0";
      await eventually(async () => {
        const samples = Buffer.from(await container.shell(record), "base64");
        const peak = Math.max(...new Int16Array(samples.buffer, samples.byteOffset, samples.length >> 1));
        expect(peak / 0x8000).toBeGreaterThan(0.05);
      }, patience);
      expect(await page.evaluate("document.title")).toMatch(/^🎤 /);
      await page.click("#microphone-toggle");
      await eventually(async () => expect(await page.evaluate("document.title")).not.toMatch(/^🎤 /));
    });

    // Firefox waits for a loudspeaker silently, and the button that asks for a click stayed for ever.
    if (name === "Firefox")
      test("says that it plays nothing where there is no loudspeaker", async () => {
        const { url, settings } = container;
        const environment = { PULSE_SERVER: "unix:/none" };
        const deaf = await open({ url, password: settings.password, environment });
        const isAsked = () =>
          deaf.evaluate<boolean>("document.querySelector('#sound-allow')?.hidden === false");
        try {
          await playTone(container);
          await eventually(async () => expect(await isAsked()).toBe(true), patience);
          await deaf.click("#sound-allow");
          await eventually(async () => expect(await isAsked()).toBe(false), patience);
          expect(await deaf.evaluate("document.querySelector('#groups-sound').textContent")).toContain(
            "may have no loudspeaker",
          );
        } finally {
          await stopTone(container);
          await deaf.close();
        }
      });

    test("the desktop follows the window's size, and comes back after a loss and a reload", async () => {
      await page.resize(1000, 800);
      const size = () => page.evaluate<string>("innerWidth + 'x' + innerHeight");
      await eventually(
        async () => expect(await container.exec("wmctrl", "-d")).toContain(await size()),
        patience,
      );
      await page.evaluate(RECORD_STATES);
      await container.exec("pkill", "-x", "Xtigervnc");
      const seen = () => page.evaluate<string[]>("states");
      await eventually(async () => expect(await seen()).toContain("reconnecting"), patience);
      await stateIs("connected");
      await page.reload();
      await stateIs("connected");
      expect(await text("#panel-status")).toBe("Connected");
    });
  });
}
