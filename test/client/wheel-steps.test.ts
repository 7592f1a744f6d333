import { expect, test } from "vitest";
import { createSteps, xButton } from "../../src/client/wheel-steps.ts";

test("fine wheel motion adds up to steps, in every direction", () => {
  const steps = createSteps();
  const turn = (deltaX: number, deltaY: number, deltaMode = 0) => steps({ deltaX, deltaY, deltaMode });
  expect(turn(0, 30)).toEqual([]);
  expect(turn(0, 30)).toEqual([5]);
  expect(turn(0, -115)).toEqual([4, 4]);
  expect(turn(-50, 0)).toEqual([6]);
  expect(turn(100, 60)).toEqual([5, 7, 7]);
  expect(turn(0, 3, 1)).toEqual([5]);
});

test("buttons have X's numbers", () => {
  expect([0, 1, 2, 3, 4].map(xButton)).toEqual([1, 2, 3, 8, 9]);
});
