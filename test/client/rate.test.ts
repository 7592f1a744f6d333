import { expect, test } from "vitest";
import { rateOf, renderBandwidth, renderMilliseconds } from "../../src/client/rate.ts";

test("a rate is what came since it was last asked for, by the second", () => {
  let [time, count] = [0, 100];
  const rate = rateOf(
    () => count,
    () => time,
  );
  expect(rate()).toBe(0);
  [time, count] = [2_000, 150];
  expect(rate()).toBe(25);
  [time, count] = [2_500, 150];
  expect(rate()).toBe(0);
});

test("what counts from nothing again has no negative rate", () => {
  let [time, count] = [0, 100];
  const rate = rateOf(
    () => count,
    () => time,
  );
  [time, count] = [1_000, 3];
  expect(rate()).toBe(0);
  [time, count] = [2_000, 5];
  expect(rate()).toBe(2);
});

test("figures have units", () => {
  expect(renderBandwidth(16_000)).toBe("128 kbit/s");
  expect(renderBandwidth(1_500_000)).toBe("12.0 Mbit/s");
  expect(renderMilliseconds(0.0449)).toBe("45 ms");
});
