import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  keysToClear,
  multimediaKeys,
  newlyGiven,
  runsOf,
} from "../../../../src/runtime/session/keyboard/spare-keys.ts";

const map = (entries: Record<number, number[]>) =>
  new Map(Object.entries(entries).map(([key, keysyms]) => [Number(key), keysyms]));

describe("spare keys", () => {
  it("are at first the multimedia keys", () => {
    const keys = {
      9: [0xff1b, 0],
      38: [0x61, 0x41],
      121: [0x1008ff12, 0],
      122: [0x1008ff11, 0x1008fe11],
      200: [0, 0],
    };
    expect(multimediaKeys(map(keys))).toEqual([121, 122]);
    expect(multimediaKeys(map({ 107: [0xff61, 0x1008ff1d] }))).toEqual([]);
  });

  it("are made from the keys that were assigned first, when few are left", () => {
    const full = new Map(Array.from({ length: 100 }, (_, key) => [key, [0x61]]));
    const given = Array.from({ length: 60 }, (_, index) => 99 - index);
    expect(keysToClear(full, given)).toEqual(given.slice(0, 32));
    const roomy = new Map([...full].map(([key, keysyms]) => [key, key < 48 ? [0] : keysyms]));
    expect(keysToClear(roomy, given)).toEqual([]);
  });

  it("are assigned when they get a keysym", () => {
    const before = map({ 10: [0], 11: [0], 12: [5] });
    expect(newlyGiven(before, map({ 10: [0], 11: [0x1000416, 0x1000436], 12: [6] }))).toEqual([11]);
  });

  it("are cleared in runs that contain each of them once", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 8, max: 255 })), (keys) => {
        const runs = runsOf(keys);
        const all = runs.flatMap(({ first, count }) =>
          Array.from({ length: count }, (_, index) => first + index),
        );
        expect(all).toEqual([...keys].sort((a, b) => a - b));
        for (const [index, { first }] of runs.entries()) {
          const before = runs[index - 1];
          if (before) expect(first).toBeGreaterThan(before.first + before.count);
        }
      }),
    );
  });
});
