import { describe, expect, test } from "vitest";
import { compare } from "./compare.ts";
import { filmPicture } from "./content/film.ts";
import type { Raster } from "./raster.ts";

const real = filmPicture(3, 160, 96);
const area = { x: 0, y: 0, width: real.width, height: real.height };

/** A picture with each channel changed. */
function changed(change: (value: number, at: number) => number): Raster {
  const pixels = Buffer.from(real.pixels);
  for (let at = 0; at < pixels.length; at++) {
    if (at % 4 < 3) pixels[at] = Math.max(0, Math.min(255, change(pixels[at] ?? 0, at)));
  }
  return { ...real, pixels };
}

describe("compare", () => {
  test("finds no difference between a picture and itself", () => {
    expect(compare(real, real, area)).toEqual({ ssim: 1, different: 0 });
  });

  test("takes no notice of what rounding between colour spaces makes", () => {
    const { ssim, different } = compare(
      changed((value, at) => value + (at % 3) - 1),
      real,
      area,
    );
    expect(different).toBe(0);
    expect(ssim).toBeGreaterThan(0.99);
  });

  test("finds a picture less alike the more it is disturbed", () => {
    const noise = (strength: number) =>
      changed((value, at) => value + ((((at * 2_654_435_761) >>> 8) % 3) - 1) * strength);
    const [weak, strong] = [compare(noise(12), real, area), compare(noise(60), real, area)];
    expect(weak.ssim).toBeLessThan(0.99);
    expect(strong.ssim).toBeLessThan(weak.ssim);
    expect(strong.different).toBeGreaterThan(0);
    expect(
      compare(
        changed((value) => 255 - value),
        real,
        area,
      ).ssim,
    ).toBeLessThan(0);
  });

  test("counts the pixels that differ, in the area only", () => {
    const pixels = Buffer.from(real.pixels);
    for (const [x, y] of [
      [10, 10],
      [11, 10],
      [150, 90],
    ] as const) {
      const at = (y * real.width + x) * 4;
      pixels[at + 1] = (pixels[at + 1] ?? 0) ^ 0x80;
    }
    const shown = { ...real, pixels };
    expect(compare(shown, real, area).different).toBe(3);
    expect(compare(shown, real, { x: 0, y: 0, width: 64, height: 64 }).different).toBe(2);
  });

  test("refuses pictures of other sizes", () => {
    expect(() => compare(filmPicture(3, 80, 48), real, area)).toThrow(RangeError);
  });
});
