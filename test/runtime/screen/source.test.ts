import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { codecName } from "../../../src/runtime/screen/codec.ts";
import { createSource, type Source, type SourceFrame } from "../../../src/runtime/screen/source.ts";
import { xServer } from "../../../src/runtime/session/display.ts";
import type { ScreenCodec } from "../../../src/wire/screen.ts";
import { eventually } from "../../helpers/eventually.ts";
import { layScreenEncoder } from "../../helpers/screen-encoder.ts";
import { canRunX, startXServer } from "../clipboard/x-server.ts";
import { memoryLog } from "../memory-log.ts";

const encoder = await layScreenEncoder();
const tools = ["Xtigervnc", "xclip", "xterm", "xrandr", "xsetroot"].filter(
  (name) => !existsSync(`/usr/bin/${name}`),
);
const missing =
  "missing" in encoder ? encoder.missing : tools.length > 0 ? `${tools.join(", ")} missing` : "";

describe.runIf(canRunX && missing === "")(`the real encoder${missing && ` (not run: ${missing})`}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let source: Source;
  let frames: SourceFrame[];
  let ends: number;
  const memory = memoryLog();

  beforeAll(async () => {
    x = await startXServer(() => ["-rfbport", "-1", "-noreset", "-geometry", "1280x720"]);
  });

  afterAll(async () => {
    await x.stop();
    if ("remove" in encoder) encoder.remove();
  });

  beforeEach(() => {
    frames = [];
    ends = 0;
    const directories = { home: x.folder, runtime: x.folder };
    source = createSource({
      program: "program" in encoder ? encoder.program : "",
      environment: x.environment,
      x: xServer(x.environment, directories),
      frameRate: 60,
      onFrame: (frame) => void frames.push(frame),
      onEnd: () => {
        ends += 1;
      },
      log: memory.log,
    });
  });

  afterEach(() => source.stop());

  const keys = () => frames.filter(({ buildsOn }) => buildsOn === undefined);

  async function start(codec: ScreenCodec = "h264"): Promise<SourceFrame> {
    source.start(codec);
    return await eventually(() => {
      const [first] = frames;
      if (!first) throw new Error("no frame");
      return first;
    });
  }

  /** Fills the screen with text that scrolls. */
  async function scroll(): Promise<void> {
    const text = "while :; do od -c /dev/urandom | head -100; sleep 0.02; done";
    const terminal = spawn("xterm", ["-geometry", "200x60+0+0", "-e", "sh", "-c", text], {
      env: x.environment,
    });
    onTestFinished(async () => {
      terminal.kill();
      await once(terminal, "exit");
    });
    await more(20);
  }

  const pattern = "program" in encoder ? encoder.program.replace("screen-encoder", "encoder.py") : "";

  /** As /proc has it: T for a process that is stopped. Throws when there is none. */
  function stateOfEncoder(): string {
    const pid = execFileSync("pgrep", ["-f", pattern], { encoding: "utf8" }).trim();
    return readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .slice(0, 1);
  }

  const more = (count: number) => {
    const { length } = frames;
    return eventually(() => expect(frames.length).toBeGreaterThanOrEqual(length + count));
  };

  it("begins with a key frame that a decoder can be set up by", async () => {
    const { buildsOn, size, encoder, data, timestamp } = await start();
    const { width, height } = size;
    expect([buildsOn, width, height, encoder].join(" ")).toBe(" 1280 720 x264");
    expect(codecName("h264", data)).toMatch(/^avc1\.42[0-9A-F]{4}$/);
    const now = Number(process.hrtime.bigint() / 1000n);
    expect(now - timestamp).toBeGreaterThan(0);
    expect(now - timestamp).toBeLessThan(60_000_000);
    expect(memory.events("screen.encoder")).toMatchObject([
      { message: expect.stringMatching(/^The picture is encoded by x264 on the processor: ./) },
    ]);
  });

  it.each(["h264", "vp8"] as const)("builds each frame on one before it, in %s", async (codec) => {
    await start(codec);
    await scroll();
    for (const [index, { number, buildsOn, canLeaveOut }] of frames.entries()) {
      expect(canLeaveOut).toBe(true);
      if (buildsOn === undefined) continue;
      const before = frames.slice(0, index).map((frame) => frame.number);
      expect(before).toContain(buildsOn);
      expect(number).toBeGreaterThan(buildsOn);
    }
    expect(keys()).toHaveLength(1);
  });

  it.each(["h264", "vp8"] as const)(
    "builds on a frame before those that are left out, in %s",
    async (codec) => {
      await start(codec);
      await scroll();
      const [left = 0] = frames.slice(-3).map(({ number }) => number);
      const { length } = frames;
      source.leaveOut(left);
      await eventually(() =>
        expect(frames.slice(length).some(({ buildsOn = left }) => buildsOn < left)).toBe(true),
      );
      expect(keys()).toHaveLength(1);
    },
  );

  it.each(["h264", "vp8"] as const)(
    "makes frames smaller for a lower rate, without a key frame, in %s",
    async (codec) => {
      await start(codec);
      await scroll();
      const size = () => frames.slice(-20).reduce((sum, { data }) => sum + data.length, 0) / 20;
      const before = size();
      source.limit(1_000);
      await more(30);
      expect(size()).toBeLessThan(0.7 * before);
      source.limit(60_000);
      // A busy machine gives the encoder fewer frames in the same time, and it takes longer to use the rate.
      const grows = async () => {
        await more(10);
        expect(size()).toBeGreaterThan(0.7 * before);
      };
      await eventually(grows);
      expect(keys()).toHaveLength(1);
    },
  );

  it("gives nothing while all is still, but a key frame that is asked for", async () => {
    const first = await start();
    const asked = frames.length;
    source.keyFrame();
    await eventually(() =>
      expect(frames.slice(asked).some(({ buildsOn }) => buildsOn === undefined)).toBe(true),
    );
    expect(keys()[1]?.data.length).toBeGreaterThan(first.data.length / 4);
    // A few empty frames follow each key frame.
    expect(frames.every(({ buildsOn, data }) => buildsOn === undefined || data.length < 100)).toBe(true);
  });

  it("sleeps while nothing is drawn, and gives what is drawn or asked for then", async () => {
    await start();
    const sleeps = () => eventually(() => expect(stateOfEncoder()).toBe("T"));
    for (const colour of ["#336699", "#993366", "#669933"]) {
      await sleeps();
      const { length } = frames;
      execFileSync("xsetroot", ["-solid", colour], { env: x.environment });
      await eventually(() => expect(frames.length).toBeGreaterThan(length));
    }
    await sleeps();
    const { length } = keys();
    source.keyFrame();
    await eventually(() => expect(keys().length).toBeGreaterThan(length));
    await sleeps();
    source.stop();
    await eventually(() => expect(() => stateOfEncoder()).toThrow());
  });

  it("follows the desktop to any size", async () => {
    await start();
    const resize = (mode: string) =>
      execFileSync("xrandr", ["--output", "VNC-0", "--mode", mode], { env: x.environment });
    onTestFinished(() => void resize("1280x720"));
    for (const [width, height] of [
      [1920, 1080],
      [640, 480],
      [1024, 768],
    ]) {
      resize(`${width}x${height}`);
      await eventually(() => expect(frames.at(-1)?.size).toEqual({ width, height }));
    }
    expect(keys()).toHaveLength(4);
  });

  it("goes on by itself when it is killed, and when the X server is restarted", async () => {
    await start();
    execFileSync("pkill", ["-KILL", "-f", pattern]);
    await eventually(() => expect([ends, keys().length]).toEqual([1, 2]));
    await x.restart();
    await eventually(() => expect([ends, keys().length]).toEqual([2, 3]));
    const numbers = frames.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });
});
