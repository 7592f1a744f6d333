import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { sidePorts } from "../../../src/runtime/side/ports.ts";
import { openSound } from "../../../src/runtime/sound/open.ts";
import { decodePacket, encodeReceipt, SOUND, type SoundPacket } from "../../../src/wire/sound.ts";
import { eventually } from "../../helpers/eventually.ts";
import { type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";

const ENCODER = join(import.meta.dirname, "../fixtures/sound-encoder.mjs");

let h: Harness;
let folder: string;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-sound-"));
  const { log } = memoryLog();
  const environment = {
    PATH: process.env.PATH,
    KASMIX_SOUND_ENCODER: ENCODER,
  };
  const directories = { home: folder, runtime: folder };
  const known = sidePorts(environment, log);
  const ports = { ...known, sound: { ...known.sound, number: 0 } };
  h = await openHarness({}, [openSound({ environment, directories, ports, log })]);
  port = await h.sidePort("sound");
});

afterEach(async () => {
  h.close();
  await eventually(() => expect(running()).toEqual([]));
  rmSync(folder, { recursive: true, force: true });
});

/** The formats of the encoders that run. */
function running(): string[] {
  const formats: string[] = [];
  for (const line of history()) {
    const [change, format = ""] = line.split(" ");
    if (change === "start") formats.push(format);
    else formats.splice(formats.indexOf(format), 1);
  }
  return formats;
}

function history(): string[] {
  try {
    return readFileSync(join(folder, "encoders"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

/** Collects packets, with a receipt for as many as asked for. */
function packetsOf(client: WebSocket, confirm = true): SoundPacket[] {
  const packets: SoundPacket[] = [];
  client.on("message", (data: Buffer) => {
    const packet = decodePacket(data);
    if (packet) packets.push(packet);
    if (confirm && packets.length % SOUND.receiptEvery === 0) client.send(encodeReceipt(packets.length));
  });
  return packets;
}

it("is recorded once for all who listen, and no longer than one of them does", async () => {
  expect(history()).toEqual([]);
  const [first, second] = [
    h.open({ authorization: OWNER }, "/audio"),
    h.open({ authorization: VIEWER }, "/audio"),
  ];
  const heard = [packetsOf(first), packetsOf(second)];
  await eventually(() => expect(Math.min(...heard.map(({ length }) => length))).toBeGreaterThan(5));
  expect(running()).toEqual(["opus"]);
  first.close();
  const { length } = heard[1] ?? [];
  await eventually(() => expect(heard[1]?.length).toBeGreaterThan(Number(length) + 5));
  expect(running()).toEqual(["opus"]);
  second.close();
  await eventually(() => expect(running()).toEqual([]));
  const third = packetsOf(h.open({ authorization: OWNER }, "/audio"));
  await eventually(() => expect(third.length).toBeGreaterThan(5));
  expect(third[0]).toMatchObject({ sequence: 0, timestamp: expect.any(Number) });
});

it("comes in packets that are counted and timed", async () => {
  const packets = packetsOf(h.open({ authorization: OWNER }, "/audio"));
  await eventually(() => expect(packets.length).toBeGreaterThan(200));
  const numbers = packets.map(({ sequence }) => sequence);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  const steps = packets.slice(1).map(({ timestamp }, index) => timestamp - (packets[index]?.timestamp ?? 0));
  expect(new Set(steps)).toEqual(new Set([10_000]));
});

it("is not sent to a listener who does not say that it comes, until he does", async () => {
  const client = h.open({ authorization: OWNER }, "/audio");
  const packets = packetsOf(client, false);
  const other = packetsOf(h.open({ authorization: OWNER }, "/audio"));
  await eventually(() => expect(packets).toHaveLength(SOUND.window));
  const { length } = other;
  await eventually(() => expect(other.length).toBeGreaterThan(length + 50));
  expect(packets).toHaveLength(SOUND.window);
  client.send(encodeReceipt(SOUND.window));
  await eventually(() => expect(packets.length).toBeGreaterThan(SOUND.window + 10));
  const [last, next] = packets.slice(SOUND.window - 1).map(({ sequence }) => sequence);
  expect(Number(next) - Number(last)).toBeGreaterThan(40);
});

it("waits nowhere for a listener who takes nothing", async () => {
  const client = h.open({ authorization: OWNER }, "/", port);
  await once(client, "open");
  client.pause();
  const before = process.memoryUsage().arrayBuffers;
  const other = packetsOf(h.open({ authorization: OWNER }, "/audio"));
  await eventually(() => expect(other.length).toBeGreaterThan(300));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  client.terminate();
});

it("is a transport stream on a port of its own, for who has a password", async () => {
  const client = h.open({ authorization: VIEWER }, "/", port);
  const [message] = (await once(client, "message")) as [Buffer];
  expect([message.length % 188, message[0]]).toEqual([0, 0x47]);
  expect(running()).toEqual(["mp2"]);
  client.close();
  expect(await refused(h.open({}, "/", port))).toBe(401);
  expect(await refused(h.open({}, "/audio"))).toBe(401);
});

it("is told to the client, and says goodbye at the end", async () => {
  const { body } = await h.fetch("/api/services");
  expect(JSON.parse(body.toString())).toEqual({ sound: {} });
  const client = h.open({ authorization: OWNER }, "/audio");
  await once(client, "open");
  h.gateway.close();
  const [code] = await once(client, "close");
  expect(code).toBe(1001);
});
