import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Recorder } from "../../../src/runtime/recording/recorder.ts";
import { createShelf, type Shelf } from "../../../src/runtime/recording/shelf.ts";
import { openScreen } from "../../../src/runtime/screen/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import type { SideService } from "../../../src/runtime/side/service.ts";
import { eventually } from "../../helpers/eventually.ts";
import { readFragments, readMovie } from "../../helpers/mp4.ts";
import { layScreenEncoder } from "../../helpers/screen-encoder.ts";
import { canRunX, startXServer } from "../clipboard/x-server.ts";
import { memoryLog } from "../memory-log.ts";

const encoder = await layScreenEncoder();
const tools = ["Xtigervnc", "xclip", "xsetroot", "xrandr"].filter((name) => !existsSync(`/usr/bin/${name}`));
const missing = "missing" in encoder ? encoder.missing : tools.map((tool) => `${tool} missing`).join(", ");

describe.runIf(canRunX && missing === "")(`the recorder${missing && ` (not run: ${missing})`}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let home: string;
  let screen: SideService | undefined;
  let recorder: Recorder;
  let memory: ReturnType<typeof memoryLog>;

  beforeAll(async () => {
    x = await startXServer(() => ["-rfbport", "-1", "-noreset", "-geometry", "801x601"]);
  });

  afterAll(async () => {
    await x.stop();
    if ("remove" in encoder) encoder.remove();
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "kasmix-home-"));
    memory = memoryLog();
    const { log } = memory;
    const program = "program" in encoder ? encoder.program : "";
    const environment = { PATH: process.env.PATH, KASMIX_SCREEN_ENCODER: program, DISPLAY: `:${x.number}` };
    const directories = { home, runtime: x.folder };
    screen = openScreen({ environment, directories, ports: sidePorts({}, log), frameRate: 60, log });
    recorder = create();
  });

  afterEach(async () => {
    await recorder.stop("stopped", "");
    screen?.close();
    rmSync(home, { recursive: true });
  });

  function create(more: Partial<Shelf> = {}): Recorder {
    const hub = screen?.offers?.screen;
    if (!hub) throw new Error("there is no stream");
    const shelf = { ...createShelf(home, memory.log), ...more };
    const options = { screen: hub, sound: undefined, shelf, limit: undefined, log: memory.log };
    return new Recorder(options, () => {});
  }

  const paint = (colour: string) => execFileSync("xsetroot", ["-solid", colour], { env: x.environment });
  const bytesOf = (name: string) => readFileSync(join(home, "Downloads", name));
  const lasts = (seconds: number) =>
    eventually(() => expect(recorder.status.seconds).toBeGreaterThanOrEqual(seconds));

  it("shows each picture for as long as it was there, also on a still desktop", async () => {
    paint("#203040");
    const began = performance.now();
    await recorder.start("test");
    const { files } = recorder.status;
    const started = performance.now();
    await lasts(2);
    paint("#405060");
    await lasts(4);
    const stopping = performance.now();
    await recorder.stop("asked", "test");
    const { scale, duration, width, height, picture } = readMovie(bytesOf(files[0] ?? ""));
    expect({ width, height }).toEqual({ width: 800, height: 600 });
    expect(duration / scale).toBeGreaterThan((stopping - started) / 1000);
    expect(duration / scale).toBeLessThan((performance.now() - began) / 1000);
    // Nothing was encoded while nothing changed.
    const longest = Math.max(...picture.map((sample) => sample.duration)) / scale;
    expect(longest).toBeGreaterThan(1.5);
    expect(picture[0]?.isKey).toBe(true);
  });

  it("begins a new file when the desktop gets another size", async () => {
    await recorder.start("test");
    const { files } = recorder.status;
    execFileSync("xrandr", ["-s", "1024x768"], { env: x.environment });
    await eventually(() => expect(recorder.status.files).toHaveLength(2));
    const all = await recorder.stop("asked", "test");
    execFileSync("xrandr", ["-s", "801x601"], { env: x.environment });
    expect(all.files[0]).toBe(files[0]);
    const shapes = all.files
      .map((name) => readMovie(bytesOf(name)))
      .map(({ width, height }) => [width, height]);
    expect(shapes).toEqual([
      [800, 600],
      [1024, 768],
    ]);
    expect(all.bytes).toBe(all.files.reduce((sum, name) => sum + bytesOf(name).length, 0));
  });

  it("is on the disk while it goes on", async () => {
    await recorder.start("test");
    const { files } = recorder.status;
    const moving = spawn(
      "sh",
      ["-c", 'i=0; while :; do i=$((i+1)); xsetroot -solid "#$(printf %06x $((i*99999%16777216)))"; done'],
      { env: x.environment },
    );
    await eventually(() => expect(readFragments(bytesOf(files[0] ?? "")).length).toBeGreaterThan(2));
    moving.kill();
    await recorder.stop("asked", "test");
    expect(readMovie(bytesOf(files[0] ?? "")).picture.length).toBeGreaterThan(2);
  });

  it("ends when the disk is full, or there is too little room", async () => {
    recorder = create({ create: async () => ({ file: await open("/dev/full", "w"), name: "full.mp4" }) });
    await recorder.start("test");
    await eventually(() => expect(recorder.status).toMatchObject({ isRecording: false, ended: "full" }));
    expect(memory.events("recording.failed")).toMatchObject([{ message: expect.stringContaining("ENOSPC") }]);
    let isFull = false;
    const check = () => (isFull ? Promise.reject(new Error("not enough space")) : Promise.resolve());
    recorder = create({ check });
    await recorder.start("test");
    isFull = true;
    await eventually(() => expect(recorder.status).toMatchObject({ isRecording: false, ended: "full" }));
    expect(readMovie(bytesOf(recorder.status.files[0] ?? "")).picture.length).toBeGreaterThan(0);
    expect(await recorder.start("test")).toEqual({ refused: "not enough space" });
  });

  it("says why it does not start", async () => {
    recorder = create({ create: () => Promise.reject(new Error("no such folder")) });
    expect(await recorder.start("test")).toEqual({ refused: "no such folder" });
    expect(recorder.status).toMatchObject({ isRecording: false, files: [] });
  });
});
