import { beforeEach, expect, it } from "vitest";
import { Line } from "../../../src/runtime/screen/line.ts";

let time: number;
let line: Line;

beforeEach(() => {
  time = 0;
  line = new Line(() => time);
  line.answered(20);
});

/** Sends a frame and confirms it after so many milliseconds. */
function pass(number: number, bytes: number, delay: number): void {
  line.sent(number, bytes);
  time += delay;
  line.confirm(number);
}

it("takes a first frame, and the next ones when its receipt has shown what the line carries", () => {
  expect(line.takes()).toBe(true);
  line.sent(1, 100_000);
  expect([line.takes(), line.takes(true)]).toEqual([false, false]);
  time += 50;
  line.confirm(1);
  line.sent(2, 20_000);
  expect(line.takes()).toBe(true);
});

it("takes none while the oldest is later than usual, and key frames a little longer", () => {
  pass(1, 1_000, 30);
  line.sent(2, 1_000);
  time += 229;
  expect(line.takes()).toBe(true);
  time += 1;
  expect([line.takes(), line.takes(true)]).toEqual([false, true]);
  time += 300;
  expect(line.takes(true)).toBe(false);
  expect(line.waiting).toBe(530);
  line.confirm(2);
  expect([line.takes(), line.waiting]).toEqual([true, 0]);
});

it("takes no more bytes at once than it carries in that time", () => {
  pass(1, 1_000, 30);
  // 20 Mbit/s, 230 ms.
  line.sent(2, 550_000);
  expect(line.takes()).toBe(true);
  line.sent(3, 26_000);
  expect(line.takes()).toBe(false);
});

it("does not take a slow first frame for a slow line's usual delay", () => {
  pass(1, 100_000, 2_000);
  line.sent(2, 1_000);
  time += 20 + 150 + 200;
  expect(line.takes()).toBe(false);
});

it("learns a longer usual delay from small frames that met no others", () => {
  pass(1, 1_000, 30);
  pass(2, 1_000, 140);
  line.sent(3, 1_000);
  time += 300;
  expect(line.takes()).toBe(true);
});

it("ignores receipts for frames that were not sent or are confirmed", () => {
  line.sent(1, 1_000);
  for (const number of [0, 2, 4_294_967_295]) line.confirm(number);
  expect(line.takes()).toBe(false);
  line.confirm(1);
  line.confirm(1);
  expect(line.takes()).toBe(true);
});
