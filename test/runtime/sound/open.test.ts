import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
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

/** The formats of the running encoders. */
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

/** Collects packets, and sends receipts if `confirm` is set. */
function packetsOf(client: WebSocket, confirm = true): SoundPacket[] {
  const packets: SoundPacket[] = [];
  client.on("message", (data: Buffer) => {
    const packet = decodePacket(data);
    if (packet) packets.push(packet);
    if (confirm && packets.length % SOUND.receiptEvery === 0) client.send(encodeReceipt(packets.length));
  });
  return packets;
}

it("is recorded once for all listeners, and only while there are any", async () => {
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

it("comes in numbered packets with times", async () => {
  const packets = packetsOf(h.open({ authorization: OWNER }, "/audio"));
  await eventually(() => expect(packets.length).toBeGreaterThan(30));
  const numbers = packets.map(({ sequence }) => sequence);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  const steps = packets.slice(1).map(({ timestamp }, index) => timestamp - (packets[index]?.timestamp ?? 0));
  expect(new Set(steps)).toEqual(new Set([10_000]));
});

it("is not sent to a listener without receipts until a receipt comes", async () => {
  const client = h.open({ authorization: OWNER }, "/audio");
  const packets = packetsOf(client, false);
  const other = packetsOf(h.open({ authorization: OWNER }, "/audio"));
  await eventually(() => expect(packets).toHaveLength(SOUND.window));
  const { length } = other;
  await eventually(() => expect(other.length).toBeGreaterThan(length + 20));
  expect(packets).toHaveLength(SOUND.window);
  client.send(encodeReceipt(SOUND.window));
  await eventually(() => expect(packets.length).toBeGreaterThan(SOUND.window));
  const [last, next] = packets.slice(SOUND.window - 1).map(({ sequence }) => sequence);
  expect(Number(next) - Number(last)).toBeGreaterThan(15);
});

it("is dropped while two seconds of it are unsent, so that no memory is used for a slow listener", async () => {
  const unsent = vi.spyOn(WebSocket.prototype, "bufferedAmount", "get").mockReturnValue(48 * 1024);
  onTestFinished(() => unsent.mockRestore());
  const client = h.open({ authorization: OWNER }, "/", port);
  let received = 0;
  client.on("message", () => {
    received += 1;
  });
  await once(client, "open");
  await eventually(() => expect(unsent.mock.calls.length).toBeGreaterThan(10));
  expect(received).toBe(0);
  unsent.mockReturnValue(48 * 1024 - 1);
  await eventually(() => expect(received).toBeGreaterThan(0));
  client.close();
});

it("is a transport stream on a port of its own, for visitors with a password", async () => {
  const client = h.open({ authorization: VIEWER }, "/", port);
  const [message] = (await once(client, "message")) as [Buffer];
  expect([message.length % 188, message[0]]).toEqual([0, 0x47]);
  expect(running()).toEqual(["mp2"]);
  client.close();
  expect(await refused(h.open({}, "/", port))).toBe(401);
  expect(await refused(h.open({}, "/audio"))).toBe(401);
});

it("is listed for the client, and closes its connections at the end", async () => {
  const { body } = await h.fetch("/api/services");
  expect(JSON.parse(body.toString())).toEqual({ sound: {} });
  const client = h.open({ authorization: OWNER }, "/audio");
  await once(client, "open");
  h.gateway.close();
  const [code] = await once(client, "close");
  expect(code).toBe(1001);
});
