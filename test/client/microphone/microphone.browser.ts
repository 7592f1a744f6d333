import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import { readMessage } from "../../../src/runtime/microphone/read-message.ts";
import { TAKEN_OVER, VOICE } from "../../../src/wire/microphone.ts";
import { HEADLESS } from "../../helpers/chromium.ts";
import { eventually } from "../../helpers/eventually.ts";
import { goTo } from "../../helpers/go-to.ts";
import { openPanel } from "../../helpers/panel.ts";
import { amplitudeAt, frequencyOf } from "../../helpers/tone.ts";
import { fakeMicrophone, writeTone } from "../../helpers/tone-file.ts";
import { missingPrograms, startDesktop } from "../desktop.ts";
import { lowContrast } from "../inspect.ts";
import { type MicrophoneRelay, startMicrophoneRelay } from "./relay.ts";

const TONE = { frequency: 1_000, amplitude: 0.25 };
const canRun = missingPrograms.length === 0;
const title = `the microphone in Chromium${canRun ? "" : ` (not run: no ${missingPrograms.join(", ")})`}`;

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;
  let relay: MicrophoneRelay;
  let complaints: string[];

  beforeAll(async () => {
    desktop = await startDesktop();
    const file = join(desktop.folder, "tone.wav");
    writeTone(file, TONE);
    browser = await chromium.launch({ ...HEADLESS, args: [...HEADLESS.args, ...fakeMicrophone(file)] });
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
  });

  beforeEach(async () => {
    complaints = [];
    relay = await startMicrophoneRelay(desktop.url);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    relay.close();
  });

  async function open(): Promise<Page> {
    const context = await browser.newContext({ permissions: ["microphone"] });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await goTo(page, relay.url);
    await openPanel(page, "sound");
    await page.getByRole("button", { name: "Turn microphone on" }).waitFor();
    return page;
  }

  async function speak(): Promise<Page> {
    const page = await open();
    await page.getByText("Reduce noise and echo").click();
    await page.getByRole("button", { name: "Turn microphone on" }).click();
    await signIs(page, "Microphone on");
    return page;
  }

  const signIs = (page: Page, text: string) =>
    eventually(async () => expect(await page.locator("#microphone-sign").textContent()).toBe(text));
  const speaker = (): WebSocket => {
    const last = relay.speakers.at(-1);
    if (last === undefined) throw new Error("nobody speaks");
    return last.socket;
  };

  test("records nothing before the click, and shows it all the time after", async () => {
    const page = await open();
    expect(relay.speakers).toEqual([]);
    expect(await page.locator("#microphone-sign").isHidden()).toBe(true);
    await page.getByRole("button", { name: "Turn microphone on" }).click();
    await signIs(page, "Microphone on");
    expect(await page.title()).toMatch(/^🎤 ./);
    expect(await page.locator("#microphone-toggle").getAttribute("aria-pressed")).toBe("true");
    await eventually(async () =>
      expect(await page.locator("#microphone-level").evaluate(levelOf)).toBeGreaterThan(0.3),
    );
    expect(await lowContrast(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("sends a tone without gaps, even while the page is busy", async () => {
    const page = await speak();
    // A busy machine may delay one attempt, but not all.
    const attempt = async () => {
      const heard = listen(speaker());
      // The page is busy until a whole second of sound has come: it waits for this answer and does nothing else.
      await page.route("**/busy", async (route) => {
        await eventually(() => expect(heard.samples.length).toBeGreaterThan(VOICE.rate));
        await route.fulfill({ body: "" });
      });
      await page.evaluate(WAIT_FOR_ANSWER);
      await page.unroute("**/busy");
      expect([heard.faults, heard.missing]).toEqual([[], 0]);
      const samples = heard.samples.slice(-VOICE.rate);
      expect(frequencyOf(samples, VOICE.rate)).toBeCloseTo(TONE.frequency, 1);
      expect(amplitudeAt(samples, TONE.frequency, VOICE.rate)).toBeCloseTo(TONE.amplitude, 2);
    };
    await eventually(attempt, { timeout: 40_000 });
  });

  test("shows its figures in the statistics only while it is on", async () => {
    const page = await speak();
    await openPanel(page, "more");
    const figure = (name: string) => page.locator(`dt:text-is("${name}") + dd`).textContent();
    await eventually(async () => expect(await figure("Microphone")).toMatch(/^[1-9]\d+ kbit\/s$/));
    expect(await figure("Microphone queue")).toMatch(/^\d+ ms$/);
    expect(await figure("Dropped")).toMatch(/^\d+ packets$/);
    await page.locator("#microphone-sign").click();
    await eventually(async () => expect(await figure("Microphone")).toBe("–"));
  });

  test("turns off when another tab takes over, and says why", async () => {
    const page = await speak();
    speaker().close(TAKEN_OVER, "another tab or device speaks now");
    await signIs(page, "");
    expect(await page.locator("#microphone-note").textContent()).toMatch(
      /^Another tab or device uses the microphone now/,
    );
    expect(await page.title()).not.toContain("🎤");
  });

  test("comes back by itself after a loss, without taking over", async () => {
    const page = await speak();
    speaker().terminate();
    await signIs(page, "Microphone paused");
    await signIs(page, "Microphone on");
    expect(relay.speakers.map(({ path }) => path)).toEqual(["/microphone", "/microphone/again"]);
    const heard = listen(speaker());
    await eventually(() => expect(heard.samples.length).toBeGreaterThan(VOICE.rate / 2));
  });

  test("shows when the desktop does not hear, and its indicator turns it off", async () => {
    const page = await speak();
    speaker().send(JSON.stringify({ version: 1, heard: false }));
    const note = page.locator("#microphone-note");
    await eventually(async () => expect(await note.textContent()).toMatch(/sound system is not ready/));
    const gone = new Promise((resolve) => speaker().once("close", resolve));
    await page.locator("#microphone-sign").click();
    await signIs(page, "");
    await gone;
  });

  test("says so when the browser denies it", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(`navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException("denied", "NotAllowedError");
    }`);
    await goTo(page, relay.url);
    await openPanel(page, "sound");
    await page.getByRole("button", { name: "Turn microphone on" }).click();
    const note = page.locator("#microphone-note");
    await eventually(async () => expect(await note.textContent()).toMatch(/does not allow the microphone/));
    expect([relay.speakers.length, await page.locator("#microphone-sign").isHidden()]).toEqual([0, true]);
  });
});

/** Asks for /busy and keeps the page from doing anything until the answer is there. */
const WAIT_FOR_ANSWER = `
  const request = new XMLHttpRequest();
  request.open("GET", "/busy", false);
  request.send();
`;

const levelOf = (meter: HTMLElement | SVGElement) => (meter as HTMLMeterElement).value;

/** Collects a speaker's messages and their faults. */
function listen(client: WebSocket) {
  const heard = { samples: [] as number[], faults: [] as string[], missing: 0 };
  let expected: number | undefined;
  client.on("message", (data, isBinary) => {
    const message = readMessage(data, isBinary);
    if (typeof message === "string") {
      heard.faults.push(message);
      return;
    }
    heard.missing += expected === undefined ? 0 : (message.sequence - expected) & 0xffff;
    expected = (message.sequence + 1) & 0xffff;
    for (let offset = 0; offset < message.samples.length; offset += 2) {
      heard.samples.push(message.samples.readInt16LE(offset) / 0x8000);
    }
  });
  return heard;
}
