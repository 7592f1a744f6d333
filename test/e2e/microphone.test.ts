import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { TAKEN_OVER, VOICE } from "../../src/wire/microphone.ts";
import { screenshot, stateIs, visit } from "../helpers/browser.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { goTo } from "../helpers/go-to.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedDesktop } from "../helpers/shared.ts";
import { amplitudeAt, frequencyOf } from "../helpers/tone.ts";
import { fakeMicrophone, writeTone } from "../helpers/tone-file.ts";
import { voiceMessage } from "../runtime/microphone/messages.ts";

/** What the browser's microphone hears. */
const TONE = { frequency: 1_000, amplitude: 0.25 };

describe("the microphone", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-microphone-"));
  let browser: Browser;
  let container: TestContainer;
  let port: number;

  beforeAll(async () => {
    const file = join(folder, "tone.wav");
    writeTone(file, TONE);
    browser = await chromium.launch({ ...HEADLESS, args: [...HEADLESS.args, ...fakeMicrophone(file)] });
    const shared = await sharedDesktop();
    [container, port] = [shared.container, shared.ports[4903]];
    await eventually(async () => expect((await container.services()).sound?.status).toBe("ready"), {
      timeout: PATIENCE,
    });
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** A page whose microphone is on, without noise suppression, which removes a steady tone. */
  async function speak(): Promise<Page> {
    const { url, settings } = container;
    const { page } = await visit(browser, url, settings.password, { permissions: ["microphone"] });
    await openPanel(page, "sound");
    await page.getByText("Reduce noise and echo").click();
    await page.getByRole("button", { name: "Turn microphone on" }).click();
    await signIs(page, "Microphone on");
    return page;
  }

  /** So many seconds of what an app records, however long it takes to start: numbers between -1 and 1. */
  async function record(seconds: number): Promise<Float32Array> {
    const bytes = seconds * 2 * VOICE.rate;
    const script = `timeout 10 parec --raw --format=s16le --rate=48000 --channels=1 --latency-msec=20 | head -c ${bytes} | base64 -w0`;
    const samples = Buffer.from(await container.shell(script), "base64");
    return Float32Array.from({ length: samples.length / 2 }, (_, index) => {
      return samples.readInt16LE(2 * index) / 0x8000;
    });
  }

  async function toneIsHeard(): Promise<void> {
    await eventually(
      async () => expect(amplitudeAt(await record(0.5), TONE.frequency, VOICE.rate)).toBeGreaterThan(0.2),
      {
        timeout: PATIENCE,
      },
    );
  }

  async function silenceIsHeard(): Promise<void> {
    await eventually(async () => expect(Math.max(...(await record(0.5)).map(Math.abs))).toBe(0), {
      timeout: PATIENCE,
    });
  }

  test("is the default input of apps, which record silence without waiting while nobody speaks", async () => {
    expect((await container.exec("pactl", "get-default-source")).trim()).toBe("kasmix_microphone");
    expect((await container.exec("pactl", "get-default-sink")).trim()).toBe("kasmix");
    const samples = await record(1);
    expect(samples).toHaveLength(VOICE.rate);
    expect(Math.max(...samples)).toBe(0);
  });

  test("brings a tone from the browser to an app with its frequency and level, without gaps", async () => {
    const page = await speak();
    // On a busy machine one recording may have a gap, but not all.
    const [frequency, amplitude, gap] = await eventually(
      async () => {
        const samples = (await record(2)).subarray(-VOICE.rate);
        const silence = longestSilence(samples);
        const told = `longest silence ${silence} samples`;
        const measured = frequencyOf(samples, VOICE.rate);
        expect(Math.abs(measured - TONE.frequency), `Hz off, ${told}`).toBeLessThan(0.5);
        expect(silence).toBeLessThan(10);
        return [measured, amplitudeAt(samples, TONE.frequency, VOICE.rate), silence] as const;
      },
      { timeout: PATIENCE },
    );
    console.log(`microphone: ${frequency} Hz, amplitude ${amplitude}, longest silence ${gap} samples`);
    expect(Math.abs(20 * Math.log10(amplitude / TONE.amplitude)), "dB off").toBeLessThan(0.5);
    expect(await page.title()).toMatch(/^🎤 /);
    await screenshot(page, "microphone");
  });

  test("the sign over the desktop turns it off", async () => {
    const page = await speak();
    await page.getByRole("button", { name: "Close controls" }).click();
    await page.locator("#microphone-sign").click();
    await expectOff(page);
    await silenceIsHeard();
  });

  test("is on again after a reload, but not in another tab", async () => {
    const page = await speak();
    await page.reload();
    await signIs(page, "Microphone on");
    await toneIsHeard();
    const beside = await page.context().newPage();
    await goTo(beside, container.url);
    await stateIs(beside, "connected");
    await beside.locator("#microphone-toggle").waitFor({ state: "attached" });
    expect(await beside.locator("#microphone-sign").isHidden()).toBe(true);
  });

  test("belongs to the newer of two tabs, and the older one says so", async () => {
    const older = await speak();
    const newer = await speak();
    await expectOff(older);
    expect(await older.locator("#microphone-note").textContent()).toMatch(
      /^Another tab or device uses the microphone now/,
    );
    await toneIsHeard();
    await signIs(newer, "Microphone on");
  });

  test("comes back after PulseAudio was killed", async () => {
    const page = await speak();
    await toneIsHeard();
    const before = (await container.services()).sound;
    await container.exec("kill", "-KILL", String(before?.pid));
    await eventually(
      async () => {
        const after = (await container.services()).sound;
        expect([after?.status, after?.starts]).toEqual(["ready", (before?.starts ?? 0) + 1]);
      },
      { timeout: PATIENCE },
    );
    await toneIsHeard();
    await signIs(page, "Microphone on");
  });

  test("pauses without a connection, and comes back with it", async () => {
    const page = await speak();
    await page.context().setOffline(true);
    await stateIs(page, "reconnecting");
    await signIs(page, "Microphone paused");
    expect(await page.title()).not.toContain("🎤");
    await silenceIsHeard();
    await page.context().setOffline(false);
    await signIs(page, "Microphone on");
    await toneIsHeard();
  });

  test("takes the documented messages on its own port, from the owner only, and an app hears them", async () => {
    const client = await ownPort(container.settings.password);
    expect(client).toBeInstanceOf(WebSocket);
    if (!(client instanceof WebSocket)) return;
    const latencies = (await clickLatencies(client)).toSorted((a, b) => a - b);
    console.log(`microphone: from the socket to the app p50 ${latencies[latencies.length >> 1]} ms`);
    expect(latencies.length).toBeGreaterThan(3);
    const gone = new Promise((resolve) => client.once("close", resolve));
    client.send("no voice");
    expect(await gone).toBe(1008);
    expect(await ownPort(`${container.settings.password}x`)).toBe(401);
  });

  test("programs on its port learn that another client took it over", async () => {
    const client = await ownPort(container.settings.password);
    if (!(client instanceof WebSocket)) throw new Error(`refused with ${client}`);
    const gone = new Promise((resolve) => client.once("close", resolve));
    await speak();
    expect(await gone).toBe(TAKEN_OVER);
  });

  /** An open WebSocket on 4903, or the status of its refusal. */
  function ownPort(password: string): Promise<WebSocket | number> {
    const authorization = `Basic ${Buffer.from(`kasm_user:${password}`).toString("base64")}`;
    return new Promise((resolve, reject) => {
      const options = { headers: { authorization }, rejectUnauthorized: false };
      const client = new WebSocket(`wss://127.0.0.1:${port}/`, options);
      client.once("open", () => resolve(client));
      client.once("unexpected-response", (request, { statusCode }) => {
        request.destroy();
        resolve(statusCode ?? 0);
      });
      client.on("error", reject);
    });
  }

  /** Milliseconds from sending a click in silence until an app reads it, for a number of clicks. */
  async function clickLatencies(client: WebSocket): Promise<number[]> {
    const clicks: number[] = [];
    let sequence = 0;
    const begun = performance.now();
    // Like a browser: ten milliseconds of sound every ten milliseconds, with a click in every thirtieth.
    const timer = setInterval(() => {
      for (; sequence * 10 < performance.now() - begun; sequence++) {
        const isClick = sequence % 30 === 29;
        if (isClick) clicks.push(Date.now());
        client.send(voiceMessage(sequence, { level: isClick ? 20_000 : 100 }));
      }
    }, 5);
    try {
      const heard = (await container.shell(`timeout 4 sh -c '${LISTEN}' || true`))
        .trim()
        .split("\n")
        .map(Number);
      return heard.flatMap((time) => {
        const sent = clicks.filter((click) => click <= time).at(-1);
        return sent === undefined ? [] : [time - sent];
      });
    } finally {
      clearInterval(timer);
    }
  }
});

/** Prints the time, in milliseconds, at which each click is read from the recording. */
const LISTEN = `parec --raw --format=s16le --rate=48000 --channels=1 --latency-msec=20 | node -e "
  let loud = false;
  process.stdin.on(\\"data\\", (chunk) => {
    for (let i = 0; i + 1 < chunk.length; i += 2) {
      const now = chunk.readInt16LE(i) > 10000;
      if (now && !loud) console.log(Date.now());
      loud = now;
    }
  });
"`;

async function signIs(page: Page, text: string): Promise<void> {
  const textOf = (id: string) => page.locator(id).textContent();
  const shown = async () =>
    expect(await textOf("#microphone-sign"), `note: ${await textOf("#microphone-note")}`).toBe(text);
  await eventually(shown, { timeout: PATIENCE });
  expect(await page.locator("#microphone-sign").isVisible()).toBe(true);
}

async function expectOff(page: Page): Promise<void> {
  const hidden = async () => expect(await page.locator("#microphone-sign").isHidden()).toBe(true);
  await eventually(hidden, { timeout: PATIENCE });
  expect(await page.title()).not.toContain("🎤");
  expect(await page.locator("#microphone-toggle").getAttribute("aria-pressed")).toBe("false");
}

/** Most samples in a row that are nearly zero. */
function longestSilence(samples: Float32Array): number {
  let [longest, present] = [0, 0];
  for (const sample of samples) {
    present = Math.abs(sample) < 0.01 ? present + 1 : 0;
    longest = Math.max(longest, present);
  }
  return longest;
}
