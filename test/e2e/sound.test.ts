import { once } from "node:events";
import type { Browser, Page } from "playwright-core";
import { afterEach, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { decodePacket, encodeReceipt, SOUND } from "../../src/wire/sound.ts";
import { screenshot, type VisitOptions, visit } from "../helpers/browser.ts";
import { layCable } from "../helpers/cable.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "../helpers/gateway.ts";
import { goTo } from "../helpers/go-to.ts";
import { openKasmPage } from "../helpers/kasm-page.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedBrowser, sharedDesktop, VIEWER_PASSWORD } from "../helpers/shared.ts";
import {
  beepsHeard,
  EAVESDROP,
  encoders,
  hears,
  hearsNothing,
  playBeeps,
  playTone,
  stopBeeps,
  stopTone,
} from "../helpers/sound.ts";

interface OpenOptions extends VisitOptions {
  /** @default the container's own */
  readonly url?: string;
}

describe("the desktop's sound", () => {
  let browser: Browser;
  let container: TestContainer;
  let mpegPort: number;

  beforeAll(async () => {
    const [shared, { container: own, ports }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
    [browser, container, mpegPort] = [shared, own, ports[4901]];
    await eventually(
      async () => expect((await container.services()).sound).toMatchObject({ status: "ready" }),
      {
        timeout: PATIENCE,
      },
    );
    await silence();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await silence();
  });

  /** Ends what another test or file plays, and waits for the last listener to go. */
  async function silence(): Promise<void> {
    await stopTone(container);
    await nobodyRecords();
  }

  const nobodyRecords = () =>
    eventually(async () => expect(await encoders(container)).toBe(0), { timeout: PATIENCE });

  async function open({ url = container.url, ...options }: OpenOptions = {}): Promise<Page> {
    const { password } = container.settings;
    const { page, complaints } = await visit(browser, url, password, {
      initScript: EAVESDROP,
      ...options,
    });
    await eventually(async () => expect(await page.locator("#sound-on").count()).toBe(1), {
      timeout: PATIENCE,
    });
    expect(complaints).toEqual([]);
    return page;
  }

  test("the page plays a program's tone with its frequency and level, and the encoder ends with the page", async () => {
    await playTone(container);
    expect(await encoders(container)).toBe(0);
    const page = await open();
    await hears(page);
    expect(await encoders(container)).toBe(1);
    await openPanel(page, "sound");
    await page.locator("#sound-volume").scrollIntoViewIfNeeded();
    await screenshot(page, "sound");
    await openPanel(page, "more");
    const figure = (name: string) => page.locator(`dt:text-is("${name}") + dd`).textContent();
    await eventually(async () => expect(await figure("Sound")).toMatch(/^[1-9]\d+ kbit\/s$/), {
      timeout: PATIENCE,
    });
    expect(await figure("Buffer")).toMatch(/^\d+ ms$/);
    expect(await figure("Sound lost")).toMatch(/^\d+ packets late, \d+ missing$/);
    await page.context().close();
    await nobodyRecords();
  });

  test.each([0, 50])("every beep is heard over a network of %i ms", async (delay) => {
    const cable = await layCable(container.settings.port, { delay });
    onTestFinished(cable.remove);
    const page = await open({ url: cable.url });
    await eventually(async () => expect(await encoders(container)).toBe(1), { timeout: PATIENCE });
    // On a busy machine one round may miss a beep, but not all rounds.
    const round = async () => {
      await playBeeps(container);
      // The page may miss the beginning of the first one.
      const heard = (await beepsHeard(page, 7)).slice(1);
      const played = await stopBeeps(container);
      const delays = heard.map((at) => at - Math.max(...played.filter((beep) => beep <= at)));
      const [, , , median] = delays.toSorted((a, b) => a - b);
      console.log(`from sound server to page, ${delay} ms each way: p50 ${median} ms`);
      const numbers = heard.map((at) => played.filter((beep) => beep <= at).length);
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    };
    await eventually(round, { timeout: PATIENCE });
  });

  test("the page keeps volume and mute; a muted page records nothing", async () => {
    await playTone(container);
    const page = await open();
    await hears(page);
    await openPanel(page, "sound");
    await page.locator("#sound-volume").fill("50");
    await hears(page, 0.25);
    const level = async () => Number(await page.getByRole("meter").getAttribute("aria-valuenow"));
    await eventually(async () => expect(await level()).toBeGreaterThan(50));
    await page.getByText("Play the desktop's sound").click();
    await nobodyRecords();
    await page.reload();
    await openPanel(page, "sound");
    await eventually(async () => expect(await page.locator("#sound-volume").inputValue()).toBe("50"));
    expect(await page.getByLabel("Play the desktop's sound").isChecked()).toBe(false);
    expect(await encoders(container)).toBe(0);
  });

  test("without WebCodecs WebAssembly decodes it, under the same content policy", async () => {
    await playTone(container);
    const page = await open({ initScript: `${EAVESDROP}; delete globalThis.AudioDecoder;` });
    await hears(page);
  });

  // The button stood over the taskbar of every silent desktop.
  test("a browser that plays nothing before a click gets a button once the desktop plays something", async () => {
    const { port, password } = container.settings;
    const silence = connect(`wss://127.0.0.1:${port}/audio`, "kasm_user", password);
    const sizes: number[] = [];
    silence.on("message", (data: Buffer) => void sizes.push(data.length));
    await eventually(() => expect(sizes.length).toBeGreaterThan(10), { timeout: PATIENCE });
    // Header and Opus: by this the page knows silence.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16 + 8);
    silence.close();
    await nobodyRecords();
    const page = await open({ initScript: `${EAVESDROP}; ${CLICK_FIRST}` });
    const button = page.getByRole("button", { name: "Turn sound on" });
    await eventually(async () => expect(await encoders(container)).toBe(1), { timeout: PATIENCE });
    expect(await button.isVisible()).toBe(false);
    await playTone(container);
    await button.waitFor();
    await screenshot(page, "sound-blocked");
    const { y = 0, height = 0 } = (await button.boundingBox()) ?? {};
    // The taskbar is lower.
    expect(y + height).toBeLessThan(800 - 60);
    expect(await encoders(container)).toBe(0);
    await button.click();
    await hears(page);
    expect(await button.isVisible()).toBe(false);
  });

  test("silence is silent, and sound comes back after silence and after PulseAudio was killed", async () => {
    const page = await open();
    await eventually(async () => expect(await encoders(container)).toBe(1), { timeout: PATIENCE });
    await hearsNothing(page);
    await playTone(container);
    await hears(page);
    await container.exec("pkill", "-KILL", "-x", "pulseaudio");
    await hearsNothing(page);
    const again = async () => {
      await playTone(container);
      await hears(page);
    };
    await eventually(again, { timeout: PATIENCE });
  });

  test("viewers hear it too; a missing or wrong password is refused", async () => {
    const { port, password } = container.settings;
    const told = await ask(port, "/api/services", { user: "kasm_viewer", password: VIEWER_PASSWORD });
    expect(JSON.parse(told.body)).toHaveProperty("sound");
    await playTone(container);
    const hearsTone = async (user: string, given: string) => {
      const listener = connect(`wss://127.0.0.1:${port}/audio`, user, given);
      const packets: number[] = [];
      listener.on("message", (data: Buffer) => {
        packets.push(decodePacket(data)?.data.length ?? 0);
        if (packets.length % SOUND.receiptEvery === 0) listener.send(encodeReceipt(packets.length));
      });
      await eventually(() => expect(packets.length).toBeGreaterThan(100), { timeout: PATIENCE });
      expect(Math.min(...packets.slice(-50)), "bytes of a packet with a tone").toBeGreaterThan(50);
      listener.terminate();
    };
    await Promise.all([hearsTone("kasm_viewer", VIEWER_PASSWORD), hearsTone("kasm_user", password)]);
    for (const url of [`wss://127.0.0.1:${port}/audio`, `wss://127.0.0.1:${mpegPort}/`]) {
      expect(await refusal(connect(url, "kasm_user", "guess"))).toBe(401);
      expect(await refusal(connect(url, "kasm_user"))).toBe(401);
    }
  });

  test("JSMpeg plays the port of Kasm's page", async () => {
    await playTone(container);
    const page = await browser.newPage();
    const address = await openKasmPage(mpegPort, container.settings.password);
    await goTo(page, address);
    await page.evaluate(EAVESDROP);
    await page.getByRole("button").click();
    const url = JSON.stringify(address.replace("http:", "ws:"));
    await page.evaluate(
      `void new JSMpeg.Player(${url}, { canvas: document.querySelector("canvas"), audioBufferSize: 131072 })`,
    );
    // Its decoder halves the level of mono; libmpg123 does not.
    await hears(page, 0.5);
  });

  test("the port of Kasm's page sends transport stream packets from the first byte on", async () => {
    const { password } = container.settings;
    const listener = connect(`wss://127.0.0.1:${mpegPort}/`, "kasm_user", password);
    const [first] = (await once(listener, "message")) as [Buffer];
    expect([first.length % 188, first[0], first[188]]).toEqual([0, 0x47, 0x47]);
    expect([listener.protocol, listener.extensions]).toEqual(["", ""]);
    listener.terminate();
  });
});

describe.concurrent.each([["KASM_SVC_AUDIO"], ["START_PULSEAUDIO"]])("%s=0", (variable) => {
  test("removes address and port, and PulseAudio if there is no microphone either", async () => {
    const mpegPort = await freePort();
    const container = await startContainer({
      image: inject("image"),
      engineOptions: [
        ...["--env", `${variable}=0`, "--env", "KASM_SVC_AUDIO_INPUT=0"],
        ...["--publish", `127.0.0.1:${mpegPort}:4901`],
      ],
    });
    try {
      const { port, password } = container.settings;
      expect(Object.keys(await container.services())).not.toContain("sound");
      expect(JSON.parse((await ask(port, "/api/services", { password })).body)).not.toHaveProperty("sound");
      expect(await refusal(connect(`wss://127.0.0.1:${port}/audio`, "kasm_user", password))).toBe(404);
      // The engine accepts the connection, but nothing listens behind it.
      await expect(refusal(connect(`wss://127.0.0.1:${mpegPort}/`, "kasm_user", password))).rejects.toThrow();
    } finally {
      await container.remove();
    }
  });
});

/** What browsers do before the first click; under automation every evaluation in the page counts as one. */
const CLICK_FIRST = `
  let clicked = false;
  window.addEventListener("click", (event) => { clicked ||= event.isTrusted; }, true);
  globalThis.AudioContext = class extends AudioContext {
    constructor(options) {
      super(options);
      void super.suspend();
    }
    resume() {
      return clicked ? super.resume() : new Promise(() => {});
    }
  };
`;

function connect(url: string, user: string, password?: string): WebSocket {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const headers = password === undefined ? {} : { authorization };
  return new WebSocket(url, { headers, rejectUnauthorized: false });
}

/** Status of a refused handshake. */
function refusal(socket: WebSocket): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (asked, response) => {
      resolve(response.statusCode);
      asked.destroy();
    });
    socket.on("error", reject);
    socket.on("open", () => reject(new Error("the WebSocket was accepted")));
  });
}
