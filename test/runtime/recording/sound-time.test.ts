import { expect, it } from "vitest";
import { SoundTime } from "../../../src/runtime/recording/sound-time.ts";

const PACKET = 10_000;

it("takes the fastest packet's way as that of all", () => {
  const time = new SoundTime();
  expect(time.of(0, 5_000_000, PACKET)).toBe(4_990_000);
  expect(time.of(PACKET, 5_080_000, PACKET)).toBe(5_000_000);
  expect(time.of(2 * PACKET, 5_015_000, PACKET)).toBe(5_005_000);
  expect(time.of(3 * PACKET, 5_500_000, PACKET)).toBe(5_015_000);
});

it("notices when sound was lost on the way, as long as some packets are fast", () => {
  const time = new SoundTime();
  const send = (from: number, to: number, lost: number) => {
    let last = 0;
    for (let at = from; at < to; at += PACKET) last = time.of(at, at + lost + PACKET, PACKET) - at;
    return last;
  };
  expect(send(0, 5_000_000, 0)).toBe(0);
  expect(send(5_000_000, 10_000_000, 300_000)).toBe(300_000);
});
