import { expect, it } from "vitest";
import { parseDuration } from "../../src/model/duration.ts";

it.each([
  ["10s", 10_000],
  ["90s", 90_000],
  ["30min", 1_800_000],
  ["8h", 28_800_000],
  ["9s", undefined],
  ["0min", undefined],
  ["30", undefined],
  ["1.5h", undefined],
  ["30 min", undefined],
  ["-1h", undefined],
  ["100000s", undefined],
])("%s is %s milliseconds", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
