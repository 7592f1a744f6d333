import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { type Capture, createCapture } from "../../../src/runtime/sound/capture.ts";
import type { SoundRecord } from "../../../src/runtime/sound/records.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";

let capture: Capture;
let records: SoundRecord[];

afterEach(() => capture.stop());

/** A capture whose encoder is a shell script. */
function start(script: string) {
  const memory = memoryLog();
  records = [];
  capture = createCapture({
    command: ["sh", "-c", script],
    environment: { PATH: process.env.PATH },
    onRecord: (record) => void records.push(record),
    log: memory.log,
    pause: 5,
  });
  capture.start();
  return memory;
}

/** A shell command that writes a record with time 0 and one letter. */
const write = (letter: string) => `printf '\\000\\001\\000\\000\\000\\000\\000\\000\\000\\000${letter}'`;

it("an encoder that dies is logged and restarted, and the time goes on", async () => {
  const memory = start(`${write("a")}; echo no sound server >&2; sleep 0.05; exit 1`);
  await eventually(() => expect(records.length).toBeGreaterThan(2));
  const times = records.map(({ timestamp }) => timestamp);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[1]).toBeGreaterThan(40_000);
  expect(memory.events("sound.encoder")[0]).toMatchObject({
    message: expect.stringContaining("no sound server"),
  });
});

it("an encoder without output is restarted at growing intervals, even if the program is missing", async () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  const memory = start("exit 1");
  await eventually(() => expect(memory.events("sound.encoder").length).toBeGreaterThan(4));
  capture.stop();
  // Without the timers of `eventually`.
  const pauses = timers.mock.calls.map(([, pause]) => Number(pause)).filter((pause) => pause !== 25);
  expect(pauses.slice(0, 4)).toEqual([5, 10, 20, 40]);
  const missing = createCapture({
    command: ["/nowhere/encoder"],
    environment: {},
    onRecord() {},
    log: memory.log,
    pause: 5,
  });
  missing.start();
  await eventually(() =>
    expect(memory.events("sound.encoder").at(-1)).toMatchObject({
      message: expect.stringContaining("ENOENT"),
    }),
  );
  missing.stop();
});

it("an encoder that is stopped is neither restarted nor logged", async () => {
  const memory = start(`while :; do ${write("b")}; sleep 0.01; done`);
  await eventually(() => expect(records.length).toBeGreaterThan(3));
  capture.stop();
  const { length } = records;
  capture.start();
  await eventually(() => expect(records.length).toBeGreaterThan(length));
  expect(records.every(({ frame }) => frame.toString() === "b")).toBe(true);
  expect(memory.records).toEqual([]);
});
