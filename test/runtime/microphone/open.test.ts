import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { openMicrophone } from "../../../src/runtime/microphone/open.ts";
import { TAKEN_OVER, VOICE, type VoiceReport } from "../../../src/wire/microphone.ts";
import { eventually } from "../../helpers/eventually.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";
import { voiceMessage } from "./messages.ts";
import { PulseServer } from "./pulse-server.ts";

const AGAIN = "/microphone/again";
const WRONG = `Basic ${Buffer.from("kasm_user:guess").toString("base64")}`;

let h: Harness;
let pulse: PulseServer;
let logged: ReturnType<typeof memoryLog>;

beforeEach(async () => {
  [pulse, logged] = [new PulseServer(), memoryLog()];
  await pulse.start();
  pulse.room = 1_000_000;
  const listener = { name: "microphone", setting: "KASMIX_AUDIO_INPUT_PORT", loss: "nobody speaks" };
  const port = { number: 0, listener };
  const service = openMicrophone({
    environment: {},
    directories: { home: "/nowhere", runtime: pulse.runtime },
    ports: { sound: port, uploads: port, gamepad: port, microphone: port },
    log: logged.log,
  });
  h = await openHarness({}, [service]);
});

afterEach(async () => {
  h.close();
  await pulse.remove();
});

describe("speakers", () => {
  test("must be the owner, on both ports", async () => {
    const port = await h.sidePort("microphone");
    for (const [path, at] of [
      ["/microphone", h.port],
      [AGAIN, h.port],
      ["/", port],
    ] as const) {
      expect(await refused(h.open({ authorization: VIEWER }, path, at))).toBe(403);
      expect(await refused(h.open({}, path, at))).toBe(401);
      expect(await refused(h.open({ authorization: OWNER, origin: "https://evil.example" }, path, at))).toBe(
        403,
      );
    }
    expect(await refused(h.open({ authorization: WRONG }, "/", port))).toBe(401);
    const told = async (authorization: string) =>
      JSON.parse((await h.fetch("/api/services", { authorization })).body.toString());
    expect(await told(VIEWER)).toEqual({});
    expect(await told(OWNER)).toEqual({ microphone: { version: 1, rate: 48_000, longest: 4_800 } });
  });

  test.each(["/microphone", AGAIN, "own port"])("are heard by apps through %s", async (path) => {
    const client = path.startsWith("/")
      ? h.open({ authorization: OWNER }, path)
      : h.open({ authorization: OWNER }, "/", await h.sidePort("microphone"));
    expect(await report(client)).toEqual({ version: 1, heard: true });
    client.send(voiceMessage(0, { level: 1_234 }));
    await eventually(() =>
      expect(pulse.played.equals(voiceMessage(0, { level: 1_234 }).subarray(4))).toBe(true),
    );
    client.close();
    await eventually(() => expect(pulse.clients).toBe(0));
  });

  test("are notified when PulseAudio ends and restarts", async () => {
    const client = await speaker();
    const gone = report(client);
    await pulse.stop();
    expect(await gone).toMatchObject({ heard: false });
    const back = report(client);
    await pulse.start();
    expect(await back).toMatchObject({ heard: true });
  });

  test("leave a summary in the log", async () => {
    const client = await speaker();
    for (const sequence of [65_534, 65_535, 0, 3]) client.send(voiceMessage(sequence));
    await eventually(() => expect(pulse.played.length).toBe(4 * 960));
    client.close();
    await eventually(() =>
      expect(logged.events("microphone.off")).toMatchObject([{ messages: 4, lost: 2, dropped: 0 }]),
    );
    expect(logged.events("microphone.on")).toHaveLength(1);
  });

  test("are disconnected when the container stops", async () => {
    const client = await speaker();
    h.close();
    expect(await closed(client)).toBe(1001);
  });
});

describe("of two speakers", () => {
  test("the newer replaces the older, which is disconnected and not heard any more", async () => {
    const older = await speaker();
    const gone = once(older, "close") as Promise<[number, Buffer]>;
    const newer = await speaker();
    for (let sequence = 0; sequence < 10; sequence++) older.send(voiceMessage(sequence, { level: 9_999 }));
    newer.send(voiceMessage(0, { level: 1_111 }));
    const [code, reason] = await gone;
    expect([code, String(reason)]).toEqual([TAKEN_OVER, "another tab or device speaks now"]);
    await eventually(() => expect(pulse.played.length).toBeGreaterThan(0));
    expect(pulse.played.equals(voiceMessage(0, { level: 1_111 }).subarray(4))).toBe(true);
    await eventually(() => expect(pulse.clients).toBe(1));
  });

  test("one that reconnects does not replace one that speaks", async () => {
    const speaking = await speaker();
    let sequence = 0;
    // Messages keep coming: after a second without any, the speaker would be replaced.
    const talk = setInterval(() => speaking.send(voiceMessage(sequence++)), 50);
    onTestFinished(() => clearInterval(talk));
    await eventually(() => expect(pulse.played.length).toBeGreaterThan(0));
    expect(await closed(h.open({ authorization: OWNER }, AGAIN))).toBe(TAKEN_OVER);
    const { length } = pulse.played;
    await eventually(() => expect(pulse.played.length).toBeGreaterThan(length));
  });

  // A broken connection stays open here for up to a minute, and would block its own successor.
  test("one that reconnects replaces a silent one", async () => {
    const former = await speaker();
    const gone = closed(former);
    await eventually(async () => {
      const client = h.open({ authorization: OWNER }, AGAIN);
      expect(await report(client)).toMatchObject({ heard: true });
    });
    expect(await gone).toBe(TAKEN_OVER);
  });
});

describe("an invalid message", () => {
  test.each([
    ["text", "hello", 1008],
    ["garbage", Buffer.from("garbage"), 1008],
    ["too much", Buffer.alloc(4 + 2 * VOICE.longest + 1), 1009],
    ["far too much", Buffer.alloc(10_000_000), 1009],
  ])("closes the connection: %s", async (_, message, code) => {
    const client = await speaker();
    client.send(message);
    expect(await closed(client)).toBe(code);
    expect(pulse.played.length).toBe(0);
    // The next connection works.
    (await speaker()).send(voiceMessage(0));
    await eventually(() => expect(pulse.played.length).toBe(960));
  });
});

async function speaker(): Promise<WebSocket> {
  const client = h.open({ authorization: OWNER }, "/microphone");
  expect(await report(client)).toMatchObject({ heard: true });
  return client;
}

async function report(client: WebSocket): Promise<VoiceReport> {
  client.on("error", () => {});
  const [data] = await Promise.race([
    once(client, "message"),
    once(client, "close").then(([code]) => {
      throw new Error(`closed with ${code}`);
    }),
  ]);
  return JSON.parse(String(data));
}
