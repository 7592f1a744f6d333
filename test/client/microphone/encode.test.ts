import { describe, expect, test } from "vitest";
import { createEncoder } from "../../../src/client/microphone/encode.ts";
import { createPacker, MESSAGE_SAMPLES, peakOf } from "../../../src/client/microphone/message.ts";
import { Resampler } from "../../../src/client/microphone/resample.ts";
import { readMessage } from "../../../src/runtime/microphone/read-message.ts";
import { VOICE } from "../../../src/wire/microphone.ts";
import { amplitudeAt } from "../../helpers/tone.ts";

const tone = (rate: number, frequency: number, seconds = 1, amplitude = 0.5) =>
  Float32Array.from({ length: rate * seconds }, (_, index) => {
    return amplitude * Math.sin((2 * Math.PI * frequency * index) / rate);
  });

function resample(input: Float32Array, from: number, to: number = VOICE.rate): Float32Array {
  const output: number[] = [];
  const resampler = new Resampler(from, to, (sample) => void output.push(sample));
  for (const sample of input) resampler.push(sample);
  return Float32Array.from(output);
}

describe("a tone of 1 kHz", () => {
  test.each([8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000])(
    "that comes at %i Hz is one of the same height and strength at 48 kHz, and nothing else",
    (rate) => {
      const output = resample(tone(rate, 1_000), rate);
      // The filter delays its output slightly.
      expect(output.length).toBeGreaterThan(VOICE.rate * 0.99);
      expect(output.length).toBeLessThanOrEqual(VOICE.rate);
      const settled = output.subarray(2_400, 2_400 + 36_000);
      const amplitude = amplitudeAt(settled, 1_000, VOICE.rate);
      expect(amplitude).toBeCloseTo(0.5, 3);
      const power = settled.reduce((sum, sample) => sum + sample ** 2, 0) / settled.length;
      const rest = Math.sqrt(Math.max(0, power - amplitude ** 2 / 2));
      expect(20 * Math.log10(rest / 0.35), "noise in dB").toBeLessThan(-60);
    },
  );
});

test("frequencies above 24 kHz do not alias", () => {
  const output = resample(tone(96_000, 30_000), 96_000).subarray(2_400);
  expect(Math.max(...output.map(Math.abs))).toBeLessThan(0.5 * 10 ** (-70 / 20));
});

test("nothing drifts: five seconds at 44.1 kHz are five seconds at 48 kHz, to the sample", () => {
  let count = 0;
  const resampler = new Resampler(44_100, VOICE.rate, () => {
    count += 1;
  });
  for (let index = 0; index < 44_100 * 5; index++) resampler.push(0);
  const first = count;
  for (let index = 0; index < 44_100 * 5; index++) resampler.push(0);
  expect(count - first).toBe(VOICE.rate * 5);
});

describe("messages", () => {
  test("have the server's format: 10 ms each, numbered, one channel", () => {
    const messages: ArrayBuffer[] = [];
    const encode = createEncoder(48_000, (message) => void messages.push(message));
    const [left, right] = [new Float32Array(128).fill(0.5), new Float32Array(128).fill(-0.25)];
    for (let block = 0; block < 8; block++) encode([left, right]);
    const read = messages.map((message) => readMessage(Buffer.from(message), true));
    expect(read).toMatchObject([{ sequence: 0 }, { sequence: 1 }]);
    for (const message of read) {
      if (typeof message === "string") throw new Error(message);
      expect(message.samples.length).toBe(2 * MESSAGE_SAMPLES);
      expect(message.samples.readInt16LE(100)).toBe(0.125 * 0x8000);
    }
    expect(messages.map(peakOf)).toEqual([0.125, 0.125]);
  });

  test("clip loud samples, and wrap their numbers to 0", () => {
    const messages: DataView[] = [];
    const pack = createPacker((message) => void messages.push(new DataView(message)), 0xffff);
    for (const sample of [...LOUD, ...LOUD]) pack(sample);
    expect(messages.map((view) => view.getUint16(2, true))).toEqual([0xffff, 0]);
    for (const view of messages)
      expect([view.getInt16(4, true), view.getInt16(6, true)]).toEqual([0x7fff, -0x8000]);
  });

  test("are not sent without a channel", () => {
    const encode = createEncoder(48_000, () => {
      throw new Error("a message of nothing");
    });
    for (let block = 0; block < 100; block++) encode([]);
  });
});

const LOUD = Float32Array.from({ length: MESSAGE_SAMPLES }, (_, index) => (index % 2 === 0 ? 1.5 : -1.5));
