import { expect, test } from "vitest";
import { createLag } from "../../../src/client/screen/lag.ts";

test("a frame's lag is what it took longer than the fastest one", () => {
  const lagOf = createLag();
  expect(lagOf(5_000, 100)).toBe(0);
  expect(lagOf(5_016, 136)).toBe(20);
  expect(lagOf(5_032, 127)).toBe(0);
  expect(lagOf(5_048, 148)).toBe(5);
});

test("clocks that drift apart do not add up to a lag", () => {
  const lagOf = createLag();
  const drift = 1e-4;
  for (let captured = 0; captured < 3_600_000; captured += 1_000)
    expect(lagOf(captured, captured * (1 + drift))).toBeLessThan(20_000 * drift + 1);
});
