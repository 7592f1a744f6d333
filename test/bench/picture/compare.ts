import { type Area, brightnessAt, type Raster } from "./raster.ts";

/** How much a shown picture is like the real one. */
export interface Likeness {
  /** Structural similarity of the brightness: 1 for the same picture. */
  readonly ssim: number;
  /** Pixels of which a channel is off by more than {@link VISIBLE}. */
  readonly different: number;
}

/** The least difference of a channel, of 255, that counts: what rounding between colour spaces makes is less. */
export const VISIBLE = 8;

/** Compares an area of two pictures of the same size. Throws RangeError for others. */
export function compare(shown: Raster, real: Raster, area: Area): Likeness {
  if (shown.width !== real.width || shown.height !== real.height) {
    throw new RangeError("Only pictures of the same size can be compared.");
  }
  return { ssim: meanSimilarity(shown, real, area), different: countDifferent(shown, real, area) };
}

function countDifferent(shown: Raster, real: Raster, area: Area): number {
  let count = 0;
  for (let y = area.y; y < area.y + area.height; y++) {
    const row = y * real.width * 4;
    for (let at = row + area.x * 4; at < row + (area.x + area.width) * 4; at += 4) {
      const isOff = (channel: number) =>
        Math.abs((shown.pixels[at + channel] ?? 0) - (real.pixels[at + channel] ?? 0)) > VISIBLE;
      if (isOff(0) || isOff(1) || isOff(2)) count += 1;
    }
  }
  return count;
}

/** Side of the windows that are compared, and the distance between them, as usual for video. */
const [WINDOW, STEP] = [8, 4];
/** Constants of the method for 8 bits: they keep flat windows from a division by nothing. */
const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

function meanSimilarity(shown: Raster, real: Raster, area: Area): number {
  const [one, other] = [brightnessOf(shown, area), brightnessOf(real, area)];
  let [sum, count] = [0, 0];
  for (let y = 0; y + WINDOW <= area.height; y += STEP) {
    for (let x = 0; x + WINDOW <= area.width; x += STEP) {
      sum += similarity(one, other, y * area.width + x, area.width);
      count += 1;
    }
  }
  return sum / count;
}

function brightnessOf(picture: Raster, area: Area): Float32Array {
  const values = new Float32Array(area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      values[y * area.width + x] = brightnessAt(picture, area.x + x, area.y + y);
    }
  }
  return values;
}

/** Of one window, which begins at an index. */
function similarity(one: Float32Array, other: Float32Array, start: number, stride: number): number {
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let row = 0; row < WINDOW; row++) {
    for (let at = start + row * stride; at < start + row * stride + WINDOW; at++) {
      const [left = 0, right = 0] = [one[at], other[at]];
      a += left;
      b += right;
      aa += left * left;
      bb += right * right;
      ab += left * right;
    }
  }
  const count = WINDOW * WINDOW;
  const [meanA, meanB] = [a / count, b / count];
  const [varianceA, varianceB] = [aa / count - meanA ** 2, bb / count - meanB ** 2];
  const covariance = ab / count - meanA * meanB;
  return (
    ((2 * meanA * meanB + C1) * (2 * covariance + C2)) /
    ((meanA ** 2 + meanB ** 2 + C1) * (varianceA + varianceB + C2))
  );
}
