import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Role } from "../../src/runtime/gateway/users.ts";
import { encodeFrame } from "../../src/wire/screen.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { openPanel } from "../helpers/panel.ts";
import { decodePng, type Picture, type Region } from "../helpers/picture.ts";
import { layScreenEncoder } from "../helpers/screen-encoder.ts";
import { shoot } from "../helpers/shoot.ts";
import { missingPrograms, startDesktop } from "./desktop.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const laid =
  missingPrograms.length === 0 ? await layScreenEncoder() : { missing: missingPrograms.join(", ") };
const canRun = "program" in laid;
const title = canRun ? "the picture as a stream" : `the picture as a stream (not run: ${laid.missing})`;

const patience = { timeout: PATIENCE };

/** The panel's handle covers the left edge of the picture. */
const HANDLE = 32;
/** A part of the picture where something moves. */
const SCROLLED = { left: 580, top: 320, right: 700, bottom: 480 };

describe.runIf(canRun)(title, () => {
  let browser: Browser;
  let desktop: Awaited<ReturnType<typeof startDesktop>>;

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    [desktop, browser] = await Promise.all([
      startDesktop(canRun ? { encoder: laid.program } : {}),
      chromium.launch(HEADLESS),
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await desktop?.stop();
    if (canRun) laid.remove();
  });

  afterEach(async () => {
    await desktop.animate(false);
    for (const context of browser.contexts()) await context.close();
    desktop.tap.hold(false);
    desktop.tap.told.length = 0;
    desktop.admit("owner");
    await desktop.startRelay();
  });

  interface Visit {
    readonly page: Page;
    /** WebSockets that were opened, by path, with the bytes that came. */
    readonly sockets: { path: string; bytes: number }[];
    /** The compression that RFB was asked for, the newest last. */
    readonly compression: number[];
    readonly complaints: string[];
  }

  async function open(
    query = "",
    {
      role = "owner" as Role,
      script = "",
      ...options
    }: BrowserContextOptions & { role?: Role; script?: string } = {},
  ): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width: 1281, height: 801 }, ...options });
    const page = await context.newPage();
    const sockets: Visit["sockets"] = [];
    const compression: number[] = [];
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.text().includes("Content Security")) complaints.push(message.text());
    });
    page.on("websocket", (socket) => {
      const entry = { path: new URL(socket.url()).pathname, bytes: 0 };
      sockets.push(entry);
      socket.on("framereceived", ({ payload }) => {
        entry.bytes += payload.length;
      });
      socket.on("framesent", ({ payload }) => {
        if (entry.path === "/websockify") compression.push(...levelsIn(Buffer.from(payload)));
      });
    });
    if (script !== "") await page.addInitScript(script);
    desktop.admit(role);
    await page.goto(desktop.url + query);
    await eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"));
    return { page, sockets, compression, complaints };
  }

  /** Opens the page and waits until it follows the stream. */
  async function follow(...args: Parameters<typeof open>): Promise<Visit> {
    const visit = await open(...args);
    const arrived = () => expect(bytesOf(visit, "/screen")).toBeGreaterThan(500);
    await eventually(arrived);
    return visit;
  }

  const bytesOf = ({ sockets }: Visit, path: string) =>
    sockets.filter((socket) => socket.path === path).reduce((sum, { bytes }) => sum + bytes, 0);
  /** Whether the stream is what the page shows. */
  const streams = (page: Page) =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#desktop canvas:not([aria-hidden])");
      return canvas?.style.opacity === "0";
    });
  const streamsIs = (page: Page, expected: boolean) =>
    eventually(async () => expect(await streams(page)).toBe(expected), patience);
  const screenshot = (page: Page, name: string) => shoot(page, join(screenshots, `stream-${name}.png`));

  /** What the stream is drawn on, and where. */
  const seen = (page: Page) =>
    page.evaluate(() => {
      const [picture] = [
        ...document.querySelectorAll<HTMLCanvasElement | HTMLVideoElement>(
          ".under :is(canvas, video):not([hidden])",
        ),
      ].slice(-1);
      if (picture === undefined) return undefined;
      const { x, y, width, height } = picture.getBoundingClientRect();
      const size =
        picture instanceof HTMLVideoElement
          ? { width: picture.videoWidth, height: picture.videoHeight }
          : { width: picture.width, height: picture.height };
      return { name: picture.localName, ...size, place: [x, y, width, height].join(" ") };
    });

  /** Pixels that differ between what the page shows and what the display server has, beside the panel's handle. */
  async function differences(page: Page): Promise<number> {
    const [shown, real] = [decodePng(await shoot(page)), await desktop.picture()];
    return countDifferent(shown, real, { left: HANDLE, top: 0, right: real.width, bottom: real.height });
  }

  const exact = async (page: Page) => {
    // The display server draws the pointer for others than who moved it: at the edge, which is not compared.
    await page.mouse.move(5, 5);
    await eventually(async () => expect(await differences(page)).toBe(0));
  };

  /** Waits for more of the stream. */
  const moreOf = (visit: Visit, bytes: number) => {
    const before = bytesOf(visit, "/screen");
    return eventually(() => expect(bytesOf(visit, "/screen")).toBeGreaterThan(before + bytes));
  };

  test("a moving picture comes as video and not by RFB; when it is still it is exact", async () => {
    const visit = await follow();
    const { page } = visit;
    expect(await streams(page)).toBe(false);
    await desktop.animate(true);
    await streamsIs(page, true);
    // On a busy machine the text stands still at times.
    await eventually(async () => {
      const rfb = bytesOf(visit, "/websockify");
      await moreOf(visit, 40_000);
      expect(bytesOf(visit, "/websockify") - rfb).toBeLessThan(100);
      // From 2 on the display server would compare the pictures that nobody gets.
      expect(visit.compression.at(-1)).toBe(1);
    });
    await screenshot(page, "moving");
    await desktop.animate(false);
    await streamsIs(page, false);
    await exact(page);
    await eventually(() => expect(visit.compression.at(-1)).toBe(2));
    await screenshot(page, "still");
    expect(visit.complaints).toEqual([]);
  });

  // Codecs have even sizes. A video element would stretch a picture that lacks a column.
  test.each([
    ["canvas", 1_281, 801, ""],
    ["video", 1_280, 800, ""],
    ["canvas", 1_280, 800, "delete globalThis.MediaStreamTrackGenerator"],
  ])(
    "the stream's picture on a %s of %d x %d is the desktop's, to the last pixel",
    async (name, width, height, script) => {
      const { page } = await follow("?picture=video", { viewport: { width, height }, script });
      await streamsIs(page, true);
      await eventually(async () => {
        expect(await seen(page)).toMatchObject({ name, width, height });
        const [shown, real] = [decodePng(await shoot(page)), await desktop.picture()];
        expect([shown.width, shown.height]).toEqual([real.width, real.height]);
        const [right, bottom] = [width - 1, height - 1];
        for (const [x, y] of [
          ...[0, 39, 40, 79, right].map((x) => [x, 700]),
          ...[0, 38, 39, 40, 300, bottom].map((y) => [400, y]),
          [right, bottom],
        ] as [number, number][])
          expect(distance(shown.pixel(x, y), real.pixel(x, y)), `${x}, ${y}`).toBeLessThan(24);
      });
    },
  );

  test("what comes of the stream while RFB's picture is seen is decoded and not drawn", async () => {
    const visit = await follow("", { viewport: { width: 1_280, height: 800 } });
    const { page } = visit;
    const drawn = () =>
      page.evaluate(
        () =>
          document.querySelector<HTMLVideoElement>(".under video")?.getVideoPlaybackQuality()
            .totalVideoFrames,
      );
    // On the terminal, which then takes the keys.
    await page.mouse.move(200, 200);
    // At first a frame may be on its way to the worker that does not know yet.
    await eventually(async () => {
      const before = await drawn();
      for (const letter of "abc") {
        const bytes = bytesOf(visit, "/screen");
        await page.keyboard.press(letter);
        await eventually(() => expect(bytesOf(visit, "/screen")).toBeGreaterThan(bytes));
      }
      expect(await drawn()).toBe(before);
    });
    await desktop.animate(true);
    await streamsIs(page, true);
    await eventually(async () => expect(await drawn()).toBeGreaterThan(10));
  });

  // RFB's JPEG came first, and what is exact a second later.
  test("the first picture of RFB after a movement is exact already", async () => {
    const { page } = await follow();
    const photograph = await desktop.showPhotograph();
    onTestFinished(photograph.end);
    // What the page shows whenever it comes back to RFB's picture.
    await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#desktop canvas:not([aria-hidden])");
      const kept = document.createElement("canvas");
      Object.assign(kept, { id: "kept", hidden: true });
      document.body.append(kept);
      new MutationObserver(() => {
        if (canvas === null || canvas.style.opacity === "0") return;
        Object.assign(kept, { width: canvas.width, height: canvas.height });
        kept.getContext("2d")?.drawImage(canvas, 0, 0);
      }).observe(canvas as Node, { attributeFilter: ["style"] });
    });
    photograph.scroll(true);
    await streamsIs(page, true);
    photograph.scroll(false);
    const kept = page.locator("#kept");
    await eventually(async () => {
      const url = await kept.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
      const shown = decodePng(Buffer.from(url.replace(/^.*,/, ""), "base64"));
      expect(countDifferent(shown, await desktop.picture(), SCROLLED)).toBe(0);
    });
  });

  // The stream's frames are older or newer than RFB's picture: a switch at the wrong moment shows what was before.
  test("the picture never goes back in time when it switches between video and RFB", async () => {
    const { page } = await follow("", { viewport: { width: 1_000, height: 640 } });
    const devtools = await page.context().newCDPSession(page);
    const shots: { readonly at: number; readonly shade: number }[] = [];
    devtools.on("Page.screencastFrame", ({ data, sessionId, metadata }) => {
      // The last one comes when the page is closed.
      devtools.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
      // Beside the windows.
      const grey = decodePng(Buffer.from(data, "base64")).pixel(190, 20) & 255;
      shots.push({ at: metadata.timestamp ?? 0, shade: Math.round((grey - 7) / 16) });
    });
    await devtools.send("Page.startScreencast", { format: "png", maxWidth: 200, maxHeight: 128 });
    let shade = 0;
    for (const moves of [true, false, true, false, true, false]) {
      await desktop.animate(moves);
      // Shades that follow each other quickly would be a moving picture.
      await eventually(
        async () => {
          await desktop.shade(shade++);
          expect(await streams(page)).toBe(moves);
        },
        { ...patience, ...(moves ? {} : { interval: 300 }) },
      );
    }
    // The browser does not tell them in order.
    const seen = shots.sort((a, b) => a.at - b.at).map((shot) => shot.shade);
    // Shades count up and begin anew after 16; on a busy machine some are never seen.
    const steps = seen.slice(1).map((shade, index) => (shade - (seen[index] ?? 0) + 16) % 16);
    expect(steps.filter((step) => step !== 0).length).toBeGreaterThan(5);
    expect(steps.slice(1).filter((step) => step > 12)).toEqual([]);
  });

  test("a change for which RFB needs long is followed by the stream", async () => {
    const { page } = await follow("", { script: `(${slowRfb})()` });
    let shade = 0;
    // Too seldom for a movement.
    const change = async () => {
      await desktop.shade(shade++);
      expect(await streams(page)).toBe(true);
    };
    await eventually(change, { interval: 400 });
  });

  test("while the picture moves the pointer's shape and the desktop's size come too", async () => {
    const visit = await follow();
    const { page } = visit;
    await desktop.animate(true);
    await streamsIs(page, true);
    await page.mouse.move(900, 100);
    const cursor = () =>
      page.evaluate<string>(
        `document.querySelector("#desktop canvas:not([aria-hidden])").style.cursor.slice(0, 4000)`,
      );
    const shapes = new Set<string>();
    for (const shape of ["crosshair", "hand2"]) {
      await desktop.point(shape);
      await eventually(async () => expect(shapes).not.toContain(await cursor()));
      shapes.add(await cursor());
    }
    // On a busy machine the picture stands still at times.
    await streamsIs(page, true);
    await page.setViewportSize({ width: 1_000, height: 640 });
    await eventually(async () => expect(await desktop.size()).toBe("1000x640"));
    await eventually(async () =>
      expect(await seen(page)).toEqual({ name: "video", width: 1_000, height: 640, place: "0 0 1000 640" }),
    );
    await moreOf(visit, 20_000);
    await streamsIs(page, true);
    await desktop.animate(false);
    await exact(page);
  });

  test("a picture that is scaled, or of which a part is shown, lies where RFB's does", async () => {
    const places = (page: Page) =>
      page.evaluate(() =>
        [".under", "#desktop canvas:not([aria-hidden])", ".under canvas"].map((selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          return [box?.x, box?.y, box?.width, box?.height].map((value) => Math.round(value ?? -1)).join(" ");
        }),
      );
    const { page } = await follow("?resize=scale&picture=video", { viewport: { width: 700, height: 640 } });
    await streamsIs(page, true);
    await page.setViewportSize({ width: 600, height: 640 });
    await eventually(async () => {
      const [frame, picture, stream] = await places(page);
      expect([frame, stream]).toEqual([picture, picture]);
      expect(picture).toMatch(/^0 \d+ 600 \d+$/);
    });
    await page.context().close();
    const phone = { viewport: { width: 390, height: 600 }, hasTouch: true, isMobile: true };
    const owner = await follow("", { viewport: { width: 1_000, height: 640 } });
    await eventually(async () => expect(await desktop.size()).toBe("1000x640"));
    await owner.page.context().close();
    const part = await follow("?resize=off&picture=video", phone);
    await streamsIs(part.page, true);
    const { width, height } = await desktop.picture();
    const place = (x: number, y: number) => Array<string>(3).fill(`${x} ${y} ${width} ${height}`);
    await eventually(async () => expect(await places(part.page)).toEqual(place(0, 0)));
    await part.page.evaluate(`document.querySelector(".under").parentElement.scrollTo(100, 30)`);
    await eventually(async () => expect(await places(part.page)).toEqual(place(-100, -30)));
  });

  test("the visitor's choice switches both ways without a new RFB connection", async () => {
    const visit = await follow();
    const { page, sockets } = visit;
    await desktop.animate(true);
    await streamsIs(page, true);
    const choose = async (name: string) => {
      await openPanel(page, "display");
      await page.getByRole("radio", { name }).check();
      await page.keyboard.press("Escape");
    };
    await choose("Sharp text");
    await streamsIs(page, false);
    await eventually(() => expect(desktop.tap.roles).toEqual([]));
    const rfb = bytesOf(visit, "/websockify");
    await eventually(() => expect(bytesOf(visit, "/websockify")).toBeGreaterThan(rfb + 50_000));
    await choose("Automatic");
    await streamsIs(page, true);
    expect(sockets.map(({ path }) => path).filter((path) => path === "/websockify")).toHaveLength(1);
  });

  test("a stream that breaks off leaves RFB's picture, and comes back", async () => {
    const { page, sockets } = await follow();
    await desktop.animate(true);
    await streamsIs(page, true);
    // The next attempt must not succeed at once.
    desktop.tap.hold(true);
    desktop.tap.cut();
    await streamsIs(page, false);
    await desktop.animate(false);
    await exact(page);
    desktop.tap.hold(false);
    desktop.tap.cut();
    await desktop.animate(true);
    await streamsIs(page, true);
    expect(sockets.filter(({ path }) => path === "/websockify")).toHaveLength(1);
  });

  test("a stream that the server pauses leaves RFB's picture, until it goes on", async () => {
    const { page } = await follow();
    await desktop.animate(true);
    await streamsIs(page, true);
    desktop.tap.hold(true);
    desktop.tap.inject('{"paused":"slow"}');
    await streamsIs(page, false);
    await openPanel(page, "more");
    await page.getByText("none: the connection is too slow").waitFor();
    desktop.tap.hold(false);
    desktop.tap.cut();
    await streamsIs(page, true);
  });

  test("a frame that does not decode is followed by a request for one that does", async () => {
    const { page } = await follow();
    await desktop.animate(true);
    await streamsIs(page, true);
    const asked = () => desktop.tap.told.filter((text) => text === '{"keyFrame":true}').length;
    const before = asked();
    const data = Uint8Array.of(0, 0, 0, 1, 0x65, ...Array<number>(200).fill(0xff));
    desktop.tap.inject(encodeFrame({ number: 1, isKey: true, timestamp: 1, data }));
    await eventually(() => expect(asked()).toBeGreaterThan(before));
    await streamsIs(page, true);
    await desktop.animate(false);
    await streamsIs(page, false);
    await desktop.animate(true);
    await streamsIs(page, true);
  });

  test("a hidden page gets nothing, neither way, and an exact picture when it is seen again", async () => {
    const visit = await follow();
    const { page } = visit;
    await desktop.animate(true);
    await streamsIs(page, true);
    const show = (state: string) =>
      page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
        document.dispatchEvent(new Event("visibilitychange"));
      }, state);
    await show("hidden");
    await eventually(() => expect(desktop.tap.told).toContain('{"isVisible":false}'));
    // Longer than the page waits for RFB's picture of something that is still.
    await eventually(async () => {
      const before = [bytesOf(visit, "/screen"), bytesOf(visit, "/websockify")];
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
      const [video = 0, rfb = 0] = before;
      expect(bytesOf(visit, "/screen") - video).toBe(0);
      expect(bytesOf(visit, "/websockify") - rfb).toBeLessThan(100);
    });
    await show("visible");
    await eventually(() => expect(desktop.tap.told.at(-1)).toMatch(/isVisible":true|keyFrame/));
    await streamsIs(page, true);
    await show("hidden");
    await desktop.animate(false);
    await show("visible");
    await streamsIs(page, false);
    await exact(page);
  });

  test("a viewer sees the stream and sends nothing but what it needs", async () => {
    const { page } = await follow("", { role: "viewer" });
    expect(desktop.tap.roles).toEqual(["viewer"]);
    await desktop.animate(true);
    await streamsIs(page, true);
    await page.mouse.click(200, 200);
    await page.keyboard.type("x");
    const kinds = desktop.tap.told.map((text) => Object.keys(JSON.parse(text)).join());
    expect([...new Set(kinds)].filter((kind) => kind !== "keyFrame")).toEqual(["codecs"]);
    await desktop.animate(false);
    await streamsIs(page, false);
  });

  // RFB's picture has the pointer for those who do not move it.
  test("a viewer sees the owner's pointer on the video, the owner only their own", async () => {
    const owner = await follow();
    const viewer = await follow("?resize=scale", { role: "viewer", viewport: { width: 641, height: 700 } });
    await desktop.animate(true);
    await Promise.all([owner, viewer].map(({ page }) => streamsIs(page, true)));
    await owner.page.mouse.move(700, 200);
    const pointer = () => viewer.page.locator(".pointer").boundingBox();
    await eventually(async () => {
      const { height = 0 } = (await viewer.page.locator(".under").boundingBox()) ?? {};
      const { x = 0, y = 0 } = (await pointer()) ?? {};
      expect(Math.abs(x - 350)).toBeLessThan(2);
      expect(Math.abs(y - (700 - height) / 2 - 100)).toBeLessThan(2);
    });
    await screenshot(viewer.page, "viewer");
    expect(await owner.page.locator(".pointer").isVisible()).toBe(false);
  });

  test("the last picture of a lost connection is the one that was seen", async () => {
    const visit = await follow("?picture=video", { viewport: { width: 1_280, height: 800 } });
    const { page } = visit;
    await desktop.animate(true);
    await streamsIs(page, true);
    await moreOf(visit, 40_000);
    await eventually(async () => expect(await seen(page)).toMatchObject({ name: "video", width: 1_280 }));
    await desktop.killRelay();
    await page.locator("#last-picture").waitFor();
    await screenshot(page, "lost");
    const colours = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#last-picture");
      const data = canvas?.getContext("2d")?.getImageData(305, 300, 50, 200).data;
      return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
    });
    // RFB's text has two colours.
    expect(colours).toBeGreaterThan(4);
    await desktop.startRelay();
    await streamsIs(page, true);
    // A video that is moved in the page stops.
    const time = () =>
      page.evaluate(() => document.querySelector<HTMLVideoElement>(".under video")?.currentTime);
    const before = (await time()) ?? 0;
    await eventually(async () => expect(await time()).toBeGreaterThan(before));
  });

  test("without WebCodecs, as over plain http, the picture comes by RFB and the statistics say why", async () => {
    const visit = await open("", { script: "delete globalThis.VideoDecoder" });
    const { page } = visit;
    await openPanel(page, "more");
    await page.getByText("none: this browser decodes no video, or the page has no https").waitFor();
    await page.keyboard.press("Escape");
    await desktop.animate(true);
    const before = bytesOf(visit, "/websockify");
    await eventually(() => expect(bytesOf(visit, "/websockify")).toBeGreaterThan(before + 50_000));
    await desktop.animate(false);
    await exact(page);
    expect(bytesOf(visit, "/screen")).toBe(0);
  });

  test("the statistics tell about the stream", async () => {
    const { page } = await follow();
    await desktop.animate(true);
    await streamsIs(page, true);
    await openPanel(page, "more");
    const figures = async () => {
      const [names, values] = await Promise.all(
        ["dt", "dd"].map((kind) => page.locator(`#figures ${kind}`).allTextContents()),
      );
      return Object.fromEntries((names ?? []).map((name, index) => [name, values?.[index]]));
    };
    await eventually(async () =>
      expect(await figures()).toMatchObject({
        Frames: expect.stringMatching(/^[1-9]\d* per second$/),
        Bandwidth: expect.stringMatching(/bit/),
        Video: expect.stringMatching(/^H\.264 \(.+\)$/),
        Decoding: expect.stringMatching(/^\d+ ms$/),
        "Picture delay": expect.stringMatching(/^\d+ ms$/),
        "Frames dropped": expect.stringMatching(/^\d+$/),
      }),
    );
    await page.locator("#figures").scrollIntoViewIfNeeded();
    await screenshot(page, "statistics");
    await desktop.animate(false);
    await page.getByText("now exact pixels").waitFor();
  });
});

const SET_ENCODINGS = 2;
/** RFB's number for compression 0; the others follow. */
const COMPRESSION_0 = -256;

/** The levels of compression that a message to the display server asks for. */
function levelsIn(message: Buffer): number[] {
  if (message[0] !== SET_ENCODINGS) return [];
  return Array.from({ length: message.readUInt16BE(2) }, (_, index) => message.readInt32BE(4 + 4 * index))
    .map((encoding) => encoding - COMPRESSION_0)
    .filter((level) => level >= 0 && level <= 9);
}

/** Runs in a page: each message of RFB that may have pixels takes it 300 ms to arrive. */
function slowRfb(): void {
  const set = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage")?.set;
  Object.defineProperty(WebSocket.prototype, "onmessage", {
    set(this: WebSocket, take: (message: { readonly data: ArrayBuffer }) => void) {
      let before = Promise.resolve();
      const slowly = async ({ data }: MessageEvent<ArrayBuffer>) => {
        take({ data: data.slice(0, 100) });
        if (data.byteLength <= 100) return;
        await new Promise((done) => setTimeout(done, 300));
        take({ data: data.slice(100) });
      };
      set?.call(this, (message: MessageEvent) => {
        before = before.then(() => slowly(message));
      });
    },
  });
}

/** Pixels of a region that are not the same in two pictures. */
function countDifferent(one: Picture, other: Picture, { left, top, right, bottom }: Region): number {
  let count = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (one.pixel(x, y) !== other.pixel(x, y)) count += 1;
  return count;
}

/** The greatest difference of two colours in a channel. */
function distance(a: number, b: number): number {
  return Math.max(...[16, 8, 0].map((shift) => Math.abs(((a >> shift) & 255) - ((b >> shift) & 255))));
}
