import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { COMMAND, renderCommand, u32 } from "../../../src/runtime/microphone/pulse-message.ts";
import { openVoice, type Voice } from "../../../src/runtime/microphone/voice.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";
import { PulseServer } from "./pulse-server.ts";

let pulse: PulseServer;
let voice: Voice | undefined;
let heard: boolean[];
let logged: ReturnType<typeof memoryLog>;

beforeEach(() => {
  [pulse, logged, heard] = [new PulseServer(), memoryLog(), []];
});

afterEach(async () => {
  voice?.close();
  await pulse.remove();
});

function speak(patience = 60_000): Voice {
  voice = openVoice({ path: pulse.path, log: logged.log, onHeard: (now) => void heard.push(now), patience });
  return voice;
}

const isHeard = (expected: boolean) => eventually(() => expect(heard.at(-1)).toBe(expected));
const samples = (level: number) => {
  const chunk = Buffer.alloc(960);
  for (let offset = 0; offset < chunk.length; offset += 2) chunk.writeInt16LE(level, offset);
  return chunk;
};

describe("a voice", () => {
  test("is played into the microphone's sink, as far as PulseAudio has room", async () => {
    await pulse.start();
    const speaking = speak();
    await isHeard(true);
    expect(pulse.commands).toEqual([COMMAND.authenticate, COMMAND.setClientName, COMMAND.createPlayback]);
    expect(pulse.bodies).toContain("tkasmix_voice\0");
    for (let count = 1; count <= 6; count++) speaking.push(samples(1_000 * count));
    await eventually(() => expect(pulse.played.length).toBe(3_840));
    pulse.request(1_000);
    await eventually(() => expect(pulse.played.length).toBe(4_840));
    pulse.request(10_000);
    await eventually(() => expect(pulse.played.length).toBe(5_760));
    const expected = [1, 2, 3, 4, 5, 6].map((count) => samples(1_000 * count));
    expect(pulse.played.equals(Buffer.concat(expected))).toBe(true);
    expect(speaking.dropped()).toBe(0);
  });

  test("is dropped while PulseAudio does not read, and recent when it reads again", async () => {
    await pulse.start();
    const speaking = speak();
    await isHeard(true);
    for (let count = 1; count <= 1_000; count++) speaking.push(samples(1_000 + count));
    await eventually(() => expect(pulse.played.length).toBe(3_840));
    expect(speaking.dropped()).toBe((1_000 - 4 - 12) * 960);
    pulse.request(2);
    await eventually(() => expect(pulse.played.subarray(3_840).readInt16LE(0)).toBe(1_000 + 989));
  });

  test("continues after a restart of PulseAudio, without the sound in between", async () => {
    await pulse.start();
    const speaking = speak();
    await isHeard(true);
    await pulse.stop();
    await isHeard(false);
    speaking.push(samples(1_111));
    pulse.played = Buffer.alloc(0);
    await pulse.start();
    await isHeard(true);
    speaking.push(samples(2_222));
    await eventually(() => expect(pulse.played.equals(samples(2_222))).toBe(true));
    expect(heard).toEqual([true, false, true]);
    expect(logged.events("microphone.unheard")).toHaveLength(1);
  });

  test("waits for PulseAudio to start, and logs it once", async () => {
    speak();
    await isHeard(false);
    await pulse.start();
    await isHeard(true);
    expect(heard).toEqual([false, true]);
    expect(logged.events("microphone.unheard")).toMatchObject([
      { message: expect.stringMatching(/ENOENT.*Apps hear silence/) },
    ]);
  });

  test("disconnects from PulseAudio when it is closed", async () => {
    await pulse.start();
    speak().close();
    voice = speak();
    await isHeard(true);
    voice.close();
    await eventually(() => expect(pulse.clients).toBe(0));
    expect(heard).toEqual([true]);
  });
});

describe("a PulseAudio that", () => {
  const NO_TAG = 0xffff_ffff;
  const tooLong = Buffer.alloc(20, 0xff);

  test("refuses is tried again", async () => {
    pulse.answer = (command, tag) =>
      command === COMMAND.createPlayback
        ? renderCommand(COMMAND.error, tag, u32(5))
        : pulse.agree(command, tag);
    await pulse.start();
    speak();
    await isHeard(false);
    expect(logged.events("microphone.unheard")).toMatchObject([
      { message: expect.stringContaining("refuses with error 5") },
    ]);
    pulse.answer = pulse.agree;
    await isHeard(true);
  });

  test("does not answer is disconnected", async () => {
    pulse.answer = () => undefined;
    await pulse.start();
    speak(100);
    await isHeard(false);
    expect(logged.events("microphone.unheard")).toMatchObject([
      { message: expect.stringContaining("does not answer") },
    ]);
  });

  test.each([
    ["ends the stream", renderCommand(COMMAND.playbackKilled, NO_TAG, u32(3))],
    ["sends an invalid message", tooLong],
  ])("%s is asked for a new stream", async (_, message) => {
    await pulse.start();
    speak();
    await isHeard(true);
    pulse.send(message);
    await eventually(() => expect(heard).toEqual([true, false, true]));
  });
});
