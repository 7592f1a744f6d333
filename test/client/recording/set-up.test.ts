import { expect, it } from "vitest";
import { renderTime } from "../../../src/client/recording/set-up.ts";

it.each([
  [0, "0:00"],
  [62, "1:02"],
  [3_599, "59:59"],
  [3_723, "1:02:03"],
])("%i seconds are %s", (seconds, text) => {
  expect(renderTime(seconds)).toBe(text);
});
