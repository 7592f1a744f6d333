import fc from "fast-check";
import { expect, test } from "vitest";
import { pan, scrolledAfter } from "../../src/client/pan.ts";

test("a picture moves with the fingers until its edge, and the rest is left", () => {
  const axis = { place: 400, picture: 1000, scrolled: 100 };
  expect(pan(axis, -50)).toEqual({ scrolled: 150, rest: 0 });
  expect(pan(axis, 130)).toEqual({ scrolled: 0, rest: 30 });
  expect(pan(axis, -520)).toEqual({ scrolled: 600, rest: -20 });
});

test("a picture that fits does not move", () => {
  expect(pan({ place: 400, picture: 400, scrolled: 0 }, 25)).toEqual({ scrolled: 0, rest: 25 });
  expect(pan({ place: 400, picture: 300, scrolled: 0 }, -25)).toEqual({ scrolled: 0, rest: -25 });
});

test("what is under the fingers stays there while the picture becomes larger", () => {
  expect(scrolledAfter({ place: 400, picture: 400, scrolled: 0 }, 2, 100)).toBe(100);
  expect(scrolledAfter({ place: 400, picture: 800, scrolled: 100 }, 2, 100)).toBe(300);
  // In the middle of a place that is higher than the picture: 150 pixels are free above it.
  expect(scrolledAfter({ place: 600, picture: 300, scrolled: 0 }, 4, 300)).toBe(300);
});

test("a picture is never scrolled beyond its edges", () => {
  const size = fc.double({ min: 1, max: 5000, noNaN: true });
  fc.assert(
    fc.property(
      size,
      size,
      fc.double({ min: 0.2, max: 5, noNaN: true }),
      size,
      (place, picture, times, at) => {
        const scrolled = scrolledAfter(
          { place, picture, scrolled: Math.max(0, picture - place) / 2 },
          times,
          at,
        );
        expect(scrolled).toBeGreaterThanOrEqual(0);
        expect(scrolled).toBeLessThanOrEqual(Math.max(0, picture * times - place));
      },
    ),
  );
});
