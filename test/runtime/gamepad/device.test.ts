import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Device, openDevice } from "../../../src/runtime/gamepad/device.ts";
import type { Rumble } from "../../../src/runtime/gamepad/rumble.ts";
import { NEUTRAL } from "../../../src/wire/gamepad.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";

let folder: string;
let device: Device;
let rumbles: Rumble[];
const sockets: Socket[] = [];
const memory = memoryLog();
const A = { ...NEUTRAL, buttons: 1 };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-gamepad-"));
  rumbles = [];
  device = openDevice({
    folder,
    number: 2,
    onRumble: (rumble) => void rumbles.push(rumble),
    log: memory.log,
  });
  await eventually(() => expect(readdirSync(`${folder}/sockets`).toSorted()).toEqual(["event2", "js2"]));
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  device.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program that has opened a device, and all bytes that it has received. */
async function open(name: string) {
  const socket = connect(`${folder}/input/${name}`);
  sockets.push(socket);
  const got = { socket, bytes: Buffer.alloc(0), closed: false };
  socket.on("data", (chunk) => {
    got.bytes = Buffer.concat([got.bytes, chunk]);
  });
  socket.on("close", () => {
    got.closed = true;
  });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return got;
}

const events = (bytes: Buffer) =>
  Array.from({ length: bytes.length / 24 }, (_, index) => {
    const record = bytes.subarray(index * 24);
    return [record.readUInt16LE(16), record.readUInt16LE(18), record.readInt32LE(20)];
  });
const joystickEvents = (bytes: Buffer) =>
  Array.from({ length: bytes.length / 8 }, (_, index) => {
    const record = bytes.subarray(index * 8);
    return [record.readUInt8(6), record.readUInt8(7), record.readInt16LE(4)];
  });

/** Waits until a program is served, and discards what it has received until then. */
async function heard(program: { bytes: Buffer }): Promise<void> {
  await eventually(() => {
    device.show(A);
    device.show(NEUTRAL);
    expect(program.bytes.length).toBeGreaterThan(0);
  });
  device.show({ ...NEUTRAL, axes: [0, 0, 0, 77] });
  device.show(NEUTRAL);
  await eventually(() => expect(events(program.bytes).at(-4)).toEqual([3, 4, 77]));
  program.bytes = Buffer.alloc(0);
}

function order(type: number, code: number, value = 0, head: readonly number[] = []): Buffer {
  const record = Buffer.alloc(24);
  for (const [index, word] of head.entries()) record.writeUInt16LE(word, index * 2);
  record.writeUInt16LE(type, 16);
  record.writeUInt16LE(code, 18);
  record.writeInt32LE(value, 20);
  return record;
}

describe("a device", () => {
  it("is visible while it is plugged in, and disconnects programs when it is unplugged", async () => {
    expect(readdirSync(`${folder}/input`)).toEqual([]);
    device.plug();
    expect(readdirSync(`${folder}/input`).toSorted()).toEqual(["event2", "js2"]);
    const program = await open("event2");
    await heard(program);
    device.unplug();
    expect(readdirSync(`${folder}/input`)).toEqual([]);
    await eventually(() => expect(program.closed).toBe(true));
    device.plug();
    await heard(await open("event2"));
  });

  it("sends changes to programs, as events ended by SYN_REPORT", async () => {
    device.plug();
    const program = await open("event2");
    await heard(program);
    const begin = Date.now();
    device.show({ buttons: 1 << 12, triggers: [7, 0], axes: [5, 0, 0, 0] });
    const told = [
      [3, 0, 5],
      [3, 2, 7],
      [3, 17, -1],
      [0, 0, 0],
    ];
    await eventually(() => expect(events(program.bytes)).toEqual(told));
    const seconds = Number(program.bytes.readBigInt64LE(0));
    expect(seconds).toBeGreaterThanOrEqual(Math.floor(begin / 1000));
    expect(seconds).toBeLessThanOrEqual(Date.now() / 1000);
    device.show({ buttons: 1 << 12, triggers: [7, 0], axes: [5, 0, 0, 0] });
    device.show({ ...NEUTRAL, axes: [5, 0, 0, 0] });
    const more = [
      [3, 2, 0],
      [3, 17, 0],
      [0, 0, 0],
    ];
    await eventually(() => expect(events(program.bytes)).toEqual([...told, ...more]));
  });

  it("sends joysticks the current state first", async () => {
    device.plug();
    device.show(A);
    const program = await open("js2");
    await eventually(() => expect(program.bytes.length).toBe(19 * 8));
    const initial = joystickEvents(program.bytes);
    expect(initial.slice(0, 2)).toEqual([
      [0x81, 0, 1],
      [0x81, 1, 0],
    ]);
    expect(initial[13]).toEqual([0x82, 2, -32767]);
    device.show(NEUTRAL);
    await eventually(() => expect(joystickEvents(program.bytes).slice(19)).toEqual([[1, 0, 0]]));
  });

  it("stores the current state where the library reads it, unreadable for other users", () => {
    device.show({ buttons: (1 << 16) | 1, triggers: [0, 9], axes: [-32768, 0, 0, 0] });
    const held = readFileSync(`${folder}/state/2`);
    expect(held.length).toBe(36);
    expect(held.readUInt32LE(0)).toBe((1 << 8) | 1);
    expect([held.readInt32LE(4), held.readInt32LE(4 + 5 * 4)]).toEqual([-32768, 9]);
    expect(statSync(`${folder}/state/2`).mode & 0o77).toBe(0);
    expect(statSync(`${folder}/input`).mode & 0o77).toBe(0);
  });

  it("removes dangling links of an earlier run", async () => {
    device.plug();
    const second = openDevice({ folder, number: 2, onRumble() {}, log: memory.log });
    expect(existsSync(`${folder}/input/event2`)).toBe(false);
    second.close();
  });
});

describe("a program that does not read", () => {
  it("misses events, and gets the current state when it reads again", async () => {
    device.plug();
    const [slow, quick] = [await open("event2"), await open("event2")];
    await heard(slow);
    await heard(quick);
    slow.socket.pause();
    for (let count = 0; count < 20_000; count += 1) device.show(count % 2 ? NEUTRAL : A);
    device.show(A);
    slow.bytes = Buffer.alloc(0);
    slow.socket.resume();
    await eventually(() => {
      const told = events(slow.bytes);
      const dropped = told.findLastIndex(([type, code]) => type === 0 && code === 3);
      expect(dropped).toBeGreaterThan(0);
      // The complete state follows.
      expect(told.slice(dropped + 2, dropped + 2 + 20)).toHaveLength(20);
      expect(told[dropped + 2]).toEqual([1, 0x130, 1]);
    });
    // Each change was two events: most were dropped instead of kept in memory.
    expect(events(slow.bytes).length).toBeLessThan(20_000);
    device.show(NEUTRAL);
    await eventually(() => expect(events(slow.bytes).at(-2)).toEqual([1, 0x130, 0]));
    await eventually(() => expect(events(quick.bytes).at(-2)).toEqual([1, 0x130, 0]));
  });

  it("is one of at most 32", async () => {
    device.plug();
    const programs = await Promise.all(Array.from({ length: 34 }, () => open("js2")));
    await eventually(() => expect(programs.filter(({ closed }) => closed)).toHaveLength(2));
    expect(programs.filter(({ bytes }) => bytes.length > 0)).toHaveLength(32);
  });
});

describe("orders", () => {
  const STILL = { strong: 0, weak: 0, duration: 0 };

  it("upload, play and stop a rumble", async () => {
    device.plug();
    const { socket } = await open("event2");
    socket.write(order(0x100, 3, 0, [40_000, 20_000, 500]));
    socket.write(order(0x15, 3, 2));
    await eventually(() => expect(rumbles).toEqual([{ strong: 40_000, weak: 20_000, duration: 1_000 }]));
    socket.write(order(0x15, 3, 0));
    await eventually(() => expect(rumbles.slice(1)).toEqual([STILL]));
    socket.write(Buffer.concat([order(0x100, 0, 0, [1, 1, 0]), order(0x15, 0, 1)]));
    await eventually(() => expect(rumbles.slice(2)).toEqual([{ strong: 1, weak: 1, duration: 5_000 }]));
    socket.write(order(0x101, 0));
    await eventually(() => expect(rumbles.slice(3)).toEqual([STILL]));
  });

  it("end with the program", async () => {
    device.plug();
    const { socket } = await open("event2");
    socket.write(Buffer.concat([order(0x100, 0, 0, [9, 9, 60_000]), order(0x15, 0, 1)]));
    await eventually(() => expect(rumbles).toEqual([{ strong: 9, weak: 9, duration: 5_000 }]));
    socket.destroy();
    await eventually(() => expect(rumbles.slice(1)).toEqual([STILL]));
  });

  it("may come in pieces, and invalid ones are ignored", async () => {
    device.plug();
    const { socket } = await open("event2");
    const all = Buffer.concat([
      order(0x15, 0, 1),
      order(0x15, 16, 1),
      order(0x11, 0, 1),
      order(0xffff, 0xffff, -1),
      order(0x100, 77, 0, [1, 1, 1]),
      order(0x100, 1, 0, [5, 6, 7]),
      order(0x15, 1, 1),
    ]);
    for (const byte of all) socket.write(Buffer.from([byte]));
    await eventually(() => expect(rumbles).toEqual([{ strong: 5, weak: 6, duration: 7 }]));
  });

  it("choose the clock of the times", async () => {
    const begin = process.hrtime()[0];
    device.plug();
    const program = await open("event2");
    program.socket.write(order(0x102, 0, 1));
    await eventually(() => {
      device.show(A);
      device.show(NEUTRAL);
      const last = program.bytes.subarray(-24);
      expect(last.length).toBe(24);
      const seconds = Number(last.readBigInt64LE(0));
      expect(seconds).toBeGreaterThanOrEqual(begin);
      expect(seconds).toBeLessThanOrEqual(process.hrtime()[0]);
    });
  });
});
