import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitDesktop, type Place, scaleOfPointer, scaleToFit } from "../../src/client/fit-desktop.ts";
import { zooms } from "../../src/client/settings.ts";

const laptop: Place = { width: 1280, height: 800, density: 1, isTouch: false };
const phone: Place = { width: 390, height: 844, density: 3, isTouch: true };
const usual = { sharp: true, zoom: 100 } as const;

describe("a desktop in a window", () => {
  test.each([
    ["on an ordinary screen", laptop, usual, [1280, 800, 1]],
    ["on a dense screen", { ...laptop, density: 2 }, usual, [2560, 1600, 2]],
    ["on a screen that is not twice as dense", { ...laptop, density: 1.5 }, usual, [1920, 1200, 1.5]],
    ["that need not be sharp", { ...laptop, density: 2 }, { ...usual, sharp: false }, [1280, 800, 1]],
    ["that is larger", { ...laptop, density: 2 }, { ...usual, zoom: 150 }, [2560, 1600, 3]],
    ["that is larger and not sharp", laptop, { sharp: false, zoom: 150 }, [1280, 800, 1.5]],
    ["of a browser that is zoomed out", { ...laptop, density: 0.8 }, usual, [1280, 800, 1]],
    [
      "whose browser rounds its size",
      { ...laptop, width: 667.328125, density: 1.5 },
      usual,
      [1001, 1200, 1.5],
    ],
    ["with half a pixel", { ...laptop, width: 1281, density: 1.5 }, usual, [1921, 1200, 1.5]],
  ] as const)("%s", (_, place, settings, [width, height, scale]) => {
    expect(fitDesktop(place, settings)).toEqual({ width, height, scale });
  });

  test("on a phone has room for 1024 ordinary pixels in a row, one for each of the screen if there are so many", () => {
    expect(fitDesktop(phone, usual)).toEqual({ width: 1170, height: 2532, scale: 1.14 });
    expect(fitDesktop({ ...phone, density: 1 }, usual)).toEqual({ width: 1024, height: 2216, scale: 1 });
    expect(fitDesktop(phone, { sharp: false, zoom: 100 })).toEqual({ width: 1024, height: 2216, scale: 1 });
    expect(fitDesktop(phone, { sharp: true, zoom: 200 })).toEqual({ width: 1170, height: 2532, scale: 2.29 });
    expect(fitDesktop({ ...phone, width: 1180, height: 820, density: 2 }, usual)).toMatchObject({ scale: 2 });
  });

  test("has at most as many pixels as a large 4K screen, but never fewer than the window", () => {
    const large = { ...laptop, width: 2560, height: 1440, density: 2 };
    expect(fitDesktop(large, usual)).toEqual({ width: 3840, height: 2160, scale: 1.5 });
    // The same while somebody resizes the window a little.
    expect(fitDesktop({ ...large, width: 2570 }, usual)).toMatchObject({ scale: 1.5 });
    expect(fitDesktop({ ...large, width: 1920, height: 1080 }, usual)).toMatchObject({
      width: 3840,
      scale: 2,
    });
    expect(fitDesktop({ ...large, width: 5120, height: 2880 }, usual)).toMatchObject({
      width: 5120,
      scale: 1,
    });
  });

  test("of a frame that is not shown has a scale too", () => {
    expect(fitDesktop({ ...phone, width: 0, height: 0 }, usual)).toMatchObject({ scale: 1 });
  });

  test("that fits is shown pixel for pixel, whatever the window's size and density", () => {
    const place = fc.record({
      width: fc.double({ min: 200, max: 1900, noNaN: true }),
      height: fc.double({ min: 200, max: 1200, noNaN: true }),
      density: fc.constantFrom(1, 1.1, 1.25, 4 / 3, 1.5, 1.75, 2, 2.625, 3),
      isTouch: fc.constant(false),
    });
    fc.assert(
      fc.property(place, fc.constantFrom(...zooms), (window, zoom) => {
        fc.pre(window.width * window.height * window.density ** 2 < 3840 * 2400);
        expect(scaleToFit(window, fitDesktop(window, { sharp: true, zoom }))).toBe(1 / window.density);
      }),
    );
  });
});

describe("a picture of another size", () => {
  test("is scaled to the window's width or height", () => {
    expect(scaleToFit(laptop, { width: 2560, height: 1000 })).toBe(0.5);
    expect(scaleToFit(laptop, { width: 640, height: 800 })).toBe(1);
    expect(scaleToFit({ ...laptop, density: 2 }, { width: 640, height: 400 })).toBe(2);
  });

  test("is shown pixel for pixel where one side fits so and the other is smaller", () => {
    expect(scaleToFit({ ...laptop, density: 2 }, { width: 2560, height: 1000 })).toBe(0.5);
  });
});

test("the pointer is scaled like the picture, but stays visible", () => {
  expect(scaleOfPointer(0.5, { w: 48, h: 48 })).toBe(0.5);
  expect(scaleOfPointer(0.3, { w: 40, h: 30 })).toBe(0.5);
  expect(scaleOfPointer(0.3, { w: 16, h: 16 })).toBe(1);
  expect(scaleOfPointer(2, { w: 24, h: 24 })).toBe(2);
  expect(scaleOfPointer(1, { w: 0, h: 0 })).toBe(1);
});
