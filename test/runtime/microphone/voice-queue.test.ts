import { expect, test } from "vitest";
import { VoiceQueue } from "../../../src/runtime/microphone/voice-queue.ts";

const MILLISECOND = 96;
const chunk = (level: number, milliseconds = 10) => {
  const samples = Buffer.alloc(milliseconds * MILLISECOND);
  for (let offset = 0; offset < samples.length; offset += 2) samples.writeInt16LE(level, offset);
  return samples;
};

test("returns samples in order, as many as there is room for", () => {
  const queue = new VoiceQueue();
  const given = Buffer.concat([chunk(1_000), chunk(2_000), chunk(3_000)]);
  for (let offset = 0; offset < given.length; offset += 960) queue.push(given.subarray(offset, offset + 960));
  const taken = [queue.take(100), queue.take(1_001), queue.take(10_000)];
  expect(taken.map(({ length }) => length)).toEqual([100, 1_000, 1_780]);
  expect(Buffer.concat(taken).equals(given)).toBe(true);
  expect([queue.length, queue.take(10).length, queue.dropped]).toEqual([0, 0, 0]);
});

test("keeps the newest 120 ms", () => {
  const queue = new VoiceQueue();
  for (let count = 1; count <= 1_000; count++) queue.push(chunk(1_000 + count));
  expect([queue.length, queue.dropped]).toEqual([120 * MILLISECOND, 988 * 10 * MILLISECOND]);
  expect(queue.take(2).readInt16LE(0)).toBe(1_000 + 989);
});

test("drops silence while sound waits, to become shorter", () => {
  const queue = new VoiceQueue();
  queue.push(chunk(0));
  queue.push(chunk(-150));
  expect(queue.length).toBe(20 * MILLISECOND);
  queue.push(chunk(100));
  expect([queue.length, queue.dropped]).toEqual([20 * MILLISECOND, 10 * MILLISECOND]);
  queue.push(chunk(-300));
  expect(queue.length).toBe(30 * MILLISECOND);
});
