import { expect, test } from "vitest";
import { rateOf, renderBandwidth, renderMilliseconds } from "../../src/client/rate.ts";

test("a rate is the growth per second since the last call", () => {
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

test("a count that restarts has no negative rate", () => {
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
