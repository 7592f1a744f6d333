import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { keepWatermark } from "../../../src/runtime/watermark/keep.ts";
import { connectX, type XConnection } from "../../../src/runtime/x11/connect.ts";
import {
  createContext,
  createPixmap,
  createPlainWindow,
  destroyWindow,
  getImage,
  mapWindow,
  putImage,
  request,
  words,
} from "../../../src/runtime/x11/requests.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";
import { memoryLog } from "../memory-log.ts";

const SCREEN = { x: 0, y: 0, width: 1280, height: 720 };
/** Of the text. */
const LIGHT = 0xb4b4b4;

const missing = ["xdotool", "xrandr"].filter((name) => !existsSync(`/usr/bin/${name}`));
const why = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : noX;

describe.runIf(canRunX && missing.length === 0)(`the watermark${why}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let program: XConnection;

  beforeAll(async () => {
    x = await startXServer(() => ["-rfbport", "-1", "-noreset", "-geometry", "1280x720"]);
    program = await connect();
  });

  afterAll(async () => {
    program.close();
    await x.stop();
  });

  const place = () => ({
    path: `/tmp/.X11-unix/X${x.number}`,
    readCookie: () => readCookie(`${x.folder}/Xauthority`, x.number),
  });
  const connect = () => connectX(place().path, place().readCookie());

  function keep(mark: string) {
    const { log, records } = memoryLog();
    onTestFinished(keepWatermark(place(), mark, log));
    return records;
  }

  /** How many pixels of the screen have this colour. */
  async function count(colour: number, area = SCREEN): Promise<number> {
    const pixels = (await program.ask(getImage(program.root, area))).subarray(32);
    let found = 0;
    for (let at = 0; at < pixels.length; at += 4) if (pixels.readUIntLE(at, 3) === colour) found += 1;
    return found;
  }

  async function marks(): Promise<number[]> {
    const reply = await program.ask(request(15, 0, words(program.root)));
    return Array.from({ length: reply.readUInt16LE(16) }, (_, index) => reply.readUInt32LE(32 + 4 * index));
  }

  /** A program's window over the whole screen, in black. */
  function cover(): void {
    const [window, pixmap, context] = [program.newId(), program.newId(), program.newId()];
    program.send(createPixmap(pixmap, program.root, 1, 1));
    program.send(createContext(context, pixmap));
    program.send(putImage(pixmap, context, { x: 0, y: 0, width: 1, height: 1 }, Buffer.alloc(4)));
    program.send(createPlainWindow(window, program.root, SCREEN, pixmap, 0));
    program.send(mapWindow(window));
    onTestFinished(() => program.send(destroyWindow(window)));
  }

  it("is over every window, also one that comes later and covers the screen", async () => {
    keep("Jane Doe, 10.0.0.7");
    await eventually(async () => expect(await count(LIGHT)).toBeGreaterThan(5_000));
    const before = await count(LIGHT);
    cover();
    await eventually(async () => expect(await count(LIGHT)).toBe(before));
    expect(await count(0)).toBeGreaterThan(500_000);
  });

  it("comes back when a program destroys it, and follows the screen's size", async () => {
    keep("Confidential");
    await eventually(async () => expect(await marks()).toHaveLength(9));
    const before = await count(LIGHT);
    for (const window of await marks())
      execFileSync("xdotool", ["windowunmap", `${window}`], { env: x.environment });
    await eventually(async () => expect(await count(LIGHT)).toBe(before));
    const corner = { x: 1024, y: 0, width: 256, height: 720 };
    expect(await count(LIGHT, corner)).toBeGreaterThan(0);
    execFileSync("xrandr", ["--output", "VNC-0", "--mode", "1024x768"], { env: x.environment });
    const bottom = { x: 0, y: 512, width: 1024, height: 256 };
    await eventually(async () => expect(await count(LIGHT, bottom)).toBe(before / 3));
    execFileSync("xrandr", ["--output", "VNC-0", "--mode", "1280x720"], { env: x.environment });
  });

  it("is shown again by the next X server", async () => {
    keep("Confidential");
    await eventually(async () => expect(await marks()).toHaveLength(9));
    await x.restart();
    program = await connect();
    await eventually(async () => expect(await marks()).toHaveLength(9));
  });

  it("is a picture where it is opaque", async () => {
    const path = join(x.folder, "mark.png");
    writeFileSync(path, renderPng());
    keep(path);
    await eventually(async () => expect(await count(0x10c020)).toBe(9 * 200));
  });

  it("that is no such picture is logged", () => {
    const path = join(x.folder, "mark.gif");
    writeFileSync(path, "GIF89a");
    expect(keep(path)).toMatchObject([{ event: "watermark.failed", mark: path }]);
    expect(keep("/nowhere.png")).toMatchObject([{ event: "watermark.failed" }]);
  });

  it("of which nothing can be seen is logged", async () => {
    const records = keep("  ");
    await eventually(() => expect(records).toMatchObject([{ event: "watermark.failed" }]));
  });
});

/** 20 x 20 pixels: the left half is 0x10c020, the right half transparent. */
function renderPng(): Buffer {
  const half = [Buffer.alloc(40, Buffer.of(0x10, 0xc0, 0x20, 255)), Buffer.alloc(40)];
  const rows = Buffer.concat(Array.from({ length: 20 }, () => Buffer.concat([Buffer.of(0), ...half])));
  const size = Buffer.alloc(13);
  size.writeUInt32BE(20);
  size.writeUInt32BE(20, 4);
  Buffer.of(8, 6).copy(size, 8);
  const chunk = (name: string, body: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, Buffer.from(name), body, Buffer.alloc(4)]);
  };
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  return Buffer.concat([signature, chunk("IHDR", size), chunk("IDAT", deflateSync(rows))]);
}
