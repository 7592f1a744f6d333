import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { WebSocket } from "ws";
import { createVirtualMouse } from "../../../src/runtime/pointer/virtual-mouse.ts";
import { openScreen } from "../../../src/runtime/screen/open.ts";
import { xServer } from "../../../src/runtime/session/display.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import {
  decodeFrame,
  encodeReceipt,
  type PointerReport,
  type ScreenFrame,
  type StreamReport,
} from "../../../src/wire/screen.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { sampleOf } from "../gateway/parse-metrics.ts";
import { memoryLog } from "../memory-log.ts";

const FAKE = join(import.meta.dirname, "../fixtures/screen-encoder.mjs");
const STREAM = { codec: "avc1.42C028", width: 1280, height: 720, encoder: "x264" };

let program: string;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-screen-"));
  mkdirSync(join(folder, "python"));
  program = join(folder, "screen-encoder.mjs");
  copyFileSync(FAKE, program);
});

afterAll(() => rmSync(join(program, ".."), { recursive: true }));

function options(
  more: { readonly KASMIX_SCREEN_ENCODER: string; readonly DISPLAY?: string },
  runtime: string,
) {
  const memory = memoryLog();
  const environment = { PATH: process.env.PATH, ...more };
  const directories = { home: runtime, runtime };
  return {
    environment,
    directories,
    ports: sidePorts({}, memory.log),
    frameRate: 60,
    log: memory.log,
    memory,
  };
}

it("is not offered where there is no encoder, no library for it, or another display server", () => {
  const { frameRate: _, ...foreign } = options({ KASMIX_SCREEN_ENCODER: program }, "/nowhere");
  expect(openScreen(foreign)).toBeUndefined();
  expect(openScreen(options({ KASMIX_SCREEN_ENCODER: "/nowhere/encoder" }, "/nowhere"))).toBeUndefined();
  expect(openScreen(options({ KASMIX_SCREEN_ENCODER: FAKE }, "/nowhere"))).toBeUndefined();
});

describe.runIf(canRunX)(`the stream of the picture${noX}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let h: Harness;
  let memory: ReturnType<typeof memoryLog>;

  beforeAll(async () => {
    x = await startXServer(() => ["-rfbport", "-1", "-noreset", "-geometry", "1280x720"]);
  });

  afterAll(() => x.stop());

  beforeEach(async () => {
    const made = options({ KASMIX_SCREEN_ENCODER: program, DISPLAY: `:${x.number}` }, x.folder);
    memory = made.memory;
    const service = openScreen(made);
    h = await openHarness({}, service ? [service] : []);
  });

  afterEach(async () => {
    h.close();
    await eventually(() => expect(running()).toBeUndefined());
    rmSync(join(x.folder, "encoder"), { force: true });
  });

  /** What the encoders have heard. */
  function heard(): string[] {
    try {
      return readFileSync(join(x.folder, "encoder"), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }

  const starts = () => heard().filter((line) => line.startsWith("start"));

  /** The process id of the last encoder, while it runs. */
  function running(): number | undefined {
    const pid = Number(starts().at(-1)?.split(" ").at(-1));
    try {
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  }

  interface Watching {
    readonly client: WebSocket;
    readonly frames: ScreenFrame[];
    readonly reports: StreamReport[];
    readonly pointers: PointerReport["pointer"][];
  }

  /** Connects a client that confirms each frame. */
  function watch(authorization: string, codecs: readonly string[] = ["h264", "vp8"]): Watching {
    const client = h.open({ authorization }, "/screen");
    const watching: Watching = { client, frames: [], reports: [], pointers: [] };
    client.on("open", () => client.send(JSON.stringify({ codecs })));
    client.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) {
        const report = JSON.parse(data.toString());
        return "pointer" in report ? watching.pointers.push(report.pointer) : watching.reports.push(report);
      }
      const frame = decodeFrame(data);
      if (!frame) throw new Error("no frame");
      watching.frames.push(frame);
      return client.send(encodeReceipt(frame.number));
    });
    onTestFinished(() => client.terminate());
    return watching;
  }

  const sees = async ({ frames }: Watching, count = 5) => {
    const { length } = frames;
    await eventually(() => expect(frames.length).toBeGreaterThan(length + count));
  };

  it("is announced to everybody, and refused without a password", async () => {
    const { body } = await h.fetch("/api/services", { authorization: VIEWER });
    expect(JSON.parse(body.toString())).toEqual({ screen: { codecs: ["h264", "vp8"] } });
    expect(await refused(h.open({}, "/screen"))).toBe(401);
    expect(heard()).toEqual([]);
  });

  it("is encoded once for all viewers, and only while somebody looks", async () => {
    const [owner, viewer] = [watch(OWNER), watch(VIEWER)];
    await Promise.all([sees(owner), sees(viewer)]);
    for (const { frames, reports } of [owner, viewer]) {
      expect(reports).toEqual([STREAM]);
      expect(frames[0]?.isKey).toBe(true);
      const numbers = frames.map(({ number }) => number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      // Not the encoder's, which leave some out and begin anew after 65535.
      expect(numbers.at(-1)).toBeLessThan(65_530);
    }
    expect(starts()).toHaveLength(1);
    expect(starts()[0]).toContain("start h264 60 ");
    owner.client.send('{"isVisible":false}');
    await sees(viewer);
    viewer.client.send('{"isVisible":false}');
    await eventually(() => expect(running()).toBeUndefined());
    owner.client.send('{"isVisible":true}');
    await sees(owner);
    expect(starts()).toHaveLength(2);
    owner.client.close();
    await eventually(() => expect(running()).toBeUndefined());
  });

  it("comes in VP8 for an owner without H.264, and not at all for a viewer without the owner's codec", async () => {
    const owner = watch(OWNER);
    await sees(owner);
    const viewer = watch(VIEWER, ["vp8"]);
    await eventually(() => expect(viewer.reports).toEqual([{ paused: "codec" }]));
    await sees(owner);
    owner.client.close();
    await sees(viewer);
    expect(viewer.reports.at(-1)).toMatchObject({ codec: "vp8" });
    const strange = watch(OWNER, ["h269"]);
    await eventually(() => expect(strange.reports).toEqual([{ paused: "codec" }]));
  });

  it("goes on after its encoder was killed, and after the X server was restarted", async () => {
    const owner = watch(OWNER);
    await sees(owner);
    process.kill(running() ?? 0, "SIGKILL");
    await eventually(() => expect(owner.reports).toEqual([STREAM, { paused: "failed" }, STREAM]));
    await sees(owner);
    expect(owner.frames.filter(({ isKey }) => isKey).length).toBeGreaterThan(1);
    expect(memory.events("screen.encoder").at(-1)).toMatchObject({
      message: expect.stringContaining("SIGKILL"),
    });
    await x.restart();
    await eventually(() => expect(owner.reports).toHaveLength(5));
    await sees(owner);
    expect(starts()).toHaveLength(3);
  });

  it("tells a viewer where the pointer is, and nobody else", async () => {
    const [owner, viewer] = [watch(OWNER), watch(VIEWER)];
    await eventually(() => expect(viewer.pointers).toHaveLength(1));
    const [first = { x: 0, y: 0 }] = viewer.pointers;
    const { path, readCookie } = xServer({ DISPLAY: `:${x.number}` }, { home: x.folder, runtime: x.folder });
    const mouse = createVirtualMouse(path, readCookie);
    onTestFinished(() => mouse.close());
    mouse.move(7, -3);
    const moved = { x: first.x + 7, y: first.y - 3 };
    await eventually(() => expect(viewer.pointers.at(-1)).toEqual(moved));
    const another = watch(VIEWER);
    await eventually(() => expect(another.pointers).toEqual([moved]));
    expect(owner.pointers).toEqual([]);
  });

  it("gives a client a key frame when it asks for one", async () => {
    const owner = watch(OWNER);
    await sees(owner);
    owner.client.send('{"keyFrame":true}');
    await eventually(() => expect(owner.frames.filter(({ isKey }) => isKey).length).toBeGreaterThan(1));
    expect(heard()).toContain('{"keyFrame":true}');
  });

  it.each([
    ["an unknown text", "{}"],
    ["no JSON", "hello"],
    ["an unknown kind of bytes", Buffer.of(1, 3, 0, 0, 0, 0, 0, 0)],
  ])("closes a connection that sends %s", async (_, message) => {
    const client = h.open({ authorization: VIEWER }, "/screen");
    client.on("open", () => client.send(message));
    expect(await closed(client)).toBe(1008);
  });

  it("is counted in the metrics", async () => {
    const count = async (name: string) =>
      sampleOf((await h.fetch("/metrics")).body.toString(), `kasmix_screen_${name}`);
    expect(await count("viewers")).toBe(0);
    await sees(watch(OWNER));
    expect(await count("viewers")).toBe(1);
    expect(await count("frames_total")).toBeGreaterThan(5);
    expect(await count("bytes_total")).toBeGreaterThan(5 * 116);
  });
});
