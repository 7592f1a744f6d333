import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { openGamepad } from "../../../src/runtime/gamepad/open.ts";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import {
  type DesktopMessage,
  decodeDesktopMessage,
  encodePageMessage,
  NEUTRAL,
  type PageMessage,
} from "../../../src/wire/gamepad.ts";
import { eventually } from "../../helpers/eventually.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";

let h: Harness;
let runtime: string;
const memory = memoryLog();

beforeEach(async () => {
  runtime = mkdtempSync(join(tmpdir(), "kasmix-gamepad-"));
  await start(60_000);
});

afterEach(() => {
  h.close();
  rmSync(runtime, { recursive: true, force: true });
});

/** How often buttons were used. */
let inputs = 0;

async function start(linger: number): Promise<void> {
  h?.close();
  const directories = { home: runtime, runtime };
  const ports = { ...sidePorts({}, memory.log) };
  const gamepad = { ...ports.gamepad, number: 0 };
  inputs = 0;
  const onInput = () => (inputs += 1);
  const options = { environment: {}, directories, ports: { ...ports, gamepad }, onInput, log: memory.log };
  h = await openHarness({}, [openGamepad(options, { linger, library: import.meta.filename })]);
}

const devices = () => readdirSync(`${runtime}/gamepads/input`).toSorted();
const plug = (pad: number): PageMessage => ({ kind: "plug", pad, rumble: true });

/** A page with gamepads, and the messages that it receives. */
async function visit(path = "/gamepad", port?: number) {
  const socket = h.open({ authorization: OWNER }, path, port);
  const told: (DesktopMessage | undefined)[] = [];
  socket.on("message", (data: Buffer) => told.push(decodeDesktopMessage(data)));
  await once(socket, "open");
  const say = (...messages: PageMessage[]) => {
    for (const message of messages) socket.send(encodePageMessage(message));
  };
  return { socket, told, say };
}

const seated = (page: { told: unknown[] }, ...seats: (number | undefined)[]) =>
  eventually(() => expect(page.told).toEqual(seats.map((seat, pad) => ({ kind: "seat", pad, seat }))));

/** A program that has a joystick open, and its events. */
function program(name: string) {
  const socket = connect(`${runtime}/gamepads/input/${name}`).on("error", () => {});
  const heard: number[][] = [];
  socket.on("data", (bytes) => {
    for (let at = 0; at < bytes.length; at += 8)
      heard.push([bytes.readUInt8(at + 6), bytes.readUInt8(at + 7), bytes.readInt16LE(at + 4)]);
  });
  return { socket, heard };
}

describe("access", () => {
  it("is for the owner, on both ports", async () => {
    const port = await h.sidePort("gamepad");
    for (const [path, at] of [
      ["/gamepad", undefined],
      ["/", port],
    ] as const) {
      expect(await refused(h.open({}, path, at))).toBe(401);
      expect(await refused(h.open({ authorization: VIEWER }, path, at))).toBe(403);
      const foreign = { authorization: OWNER, origin: "https://evil.example" };
      expect(await refused(h.open(foreign, path, at))).toBe(403);
      const page = await visit(path, at);
      page.say(plug(0));
      await seated(page, 0);
      page.say({ kind: "unplug", pad: 0 });
      await eventually(() => expect(devices()).toEqual([]));
      page.socket.close();
    }
    const wrong = `Basic ${Buffer.from("kasm_user:guess").toString("base64")}`;
    expect(await refused(h.open({ authorization: wrong }, "/gamepad"))).toBe(401);
    expect(await refused(h.open({ authorization: wrong }, "/", port))).toBe(401);
  });

  it("is listed for the owner's client and not for a viewer's", async () => {
    const services = async (authorization: string) =>
      JSON.parse((await h.fetch("/api/services", { authorization })).body.toString());
    expect(await services(OWNER)).toEqual({ gamepad: { gamepads: 4 } });
    expect(await services(VIEWER)).toEqual({});
  });
});

describe("gamepads of pages", () => {
  it("get the desktop's gamepads in order, and a fifth gets none", async () => {
    const [one, two] = [await visit(), await visit()];
    one.say(plug(0), plug(1), plug(2));
    await seated(one, 0, 1, 2);
    two.say(plug(0), plug(1));
    await seated(two, 3, undefined);
    expect(devices()).toEqual([0, 1, 2, 3].flatMap((n) => [`event${n}`, `js${n}`]).toSorted());
    two.say({ kind: "state", pad: 1, state: { ...NEUTRAL, buttons: 1 } });
    one.say({ kind: "unplug", pad: 1 });
    await eventually(() => expect(devices()).not.toContain("event1"));
    two.say(plug(1));
    await eventually(() => expect(two.told.at(-1)).toEqual({ kind: "seat", pad: 1, seat: 1 }));
  });

  it("reach programs, and are released when their page disconnects while the device stays", async () => {
    const page = await visit();
    page.say(plug(0));
    await seated(page, 0);
    const { heard, socket } = program("js0");
    await eventually(() => expect(heard).toHaveLength(19));
    page.say({ kind: "state", pad: 0, state: { buttons: 2, triggers: [0, 255], axes: [0, 1000, 0, 0] } });
    const pressed = [
      [1, 1, 1],
      [2, 1, 1000],
      [2, 5, 32767],
    ];
    await eventually(() => expect(heard.slice(19)).toEqual(pressed));
    // A stick that does not rest in its middle is nobody's doing.
    page.say({ kind: "state", pad: 0, state: { buttons: 2, triggers: [0, 255], axes: [0, 1001, 0, 0] } });
    await eventually(() => expect(heard.slice(22)).toEqual([[2, 1, 1001]]));
    expect(inputs).toBe(1);
    page.socket.terminate();
    const released = [
      [1, 1, 0],
      [2, 1, 0],
      [2, 5, -32767],
    ];
    await eventually(() => expect(heard.slice(23)).toEqual(released));
    // After a reload of the page the game still has its gamepad.
    const again = await visit();
    again.say(plug(0), { kind: "state", pad: 0, state: { ...NEUTRAL, buttons: 1 } });
    await eventually(() => expect(heard.at(-1)).toEqual([1, 0, 1]));
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it("are unplugged when the page does not reconnect", async () => {
    await start(50);
    const page = await visit();
    page.say(plug(0));
    await seated(page, 0);
    page.socket.close();
    await eventually(() => expect(devices()).toEqual([]));
  });

  it("rumble if they are able to", async () => {
    const page = await visit();
    page.say(plug(0), { kind: "plug", pad: 1, rumble: false });
    await seated(page, 0, 1);
    const order = (type: number, head: number[], value = 0) => {
      const record = Buffer.alloc(24);
      for (const [index, word] of head.entries()) record.writeUInt16LE(word, index * 2);
      record.writeUInt16LE(type, 16);
      record.writeInt32LE(value, 20);
      return record;
    };
    for (const name of ["event1", "event0"]) {
      const { socket } = program(name);
      socket.write(Buffer.concat([order(0x100, [3, 4, 50]), order(0x15, [], 1)]));
    }
    const rumble = { kind: "rumble", pad: 0, strong: 3, weak: 4, duration: 50 };
    await eventually(() => expect(page.told.slice(2)).toEqual([rumble]));
  });
});

describe("invalid messages", () => {
  it.each<[string, Buffer | string, number]>([
    ["nonsense", Buffer.from("nonsense"), 1008],
    ["text", "\u0001\u0002\u0000", 1008],
    ["a later version", Buffer.from([2, 2, 0]), 1008],
    ["more than any message", Buffer.alloc(19), 1009],
  ])("close the connection: %s", async (_, data, code) => {
    const page = await visit();
    page.say(plug(0));
    await seated(page, 0);
    page.socket.send(data);
    expect(await closed(page.socket as WebSocket)).toBe(code);
  });

  it("with states of gamepads that are not plugged in change nothing", async () => {
    const page = await visit();
    page.say(
      { kind: "state", pad: 0, state: { ...NEUTRAL, buttons: 1 } },
      { kind: "unplug", pad: 3 },
      plug(0),
    );
    await seated(page, 0);
    const { heard } = program("js0");
    await eventually(() => expect(heard[0]).toEqual([0x81, 0, 0]));
  });
});

it("closing removes all gamepads", async () => {
  const page = await visit();
  page.say(plug(0));
  await seated(page, 0);
  h.gateway.close();
  expect(await closed(page.socket)).toBe(1001);
  await eventually(() => expect(devices()).toEqual([]));
  expect(existsSync(`${runtime}/gamepads/sockets/event0`)).toBe(false);
});

it("a missing library is logged", () => {
  const ports = sidePorts({}, memory.log);
  const directories = { home: runtime, runtime: join(runtime, "other") };
  openGamepad({ environment: {}, directories, ports, log: memory.log }, { library: "/nowhere.so" }).close();
  expect(memory.events("gamepad.library")).toHaveLength(1);
});
