import type { Raster } from "../raster.ts";
import { createRandom } from "./random.ts";

/** Most pictures of the film, and how many bytes of them the X server of a desktop may keep. */
const [MOST_PICTURES, MOST_BYTES] = [30, 250e6];

/** Pictures of the film in a size. */
export function filmLength(width: number, height: number): number {
  return Math.min(MOST_PICTURES, Math.floor(MOST_BYTES / (width * height * 4)));
}

/** The picture of the film that is shown at a time, counted in pictures: it runs to its end and back, and never jumps. */
export function pictureAt(time: number, length: number): number {
  const place = time % (2 * length - 2);
  return place < length ? place : 2 * length - 2 - place;
}

/**
 * One picture of a film that is always the same: a camera that turns, moves and comes nearer over a landscape with
 * detail of every size, and balls that fly before it on their own ways. No picture is another one merely shifted.
 */
export function filmPicture(index: number, width: number, height: number): Raster {
  const pixels = Buffer.alloc(width * height * 4);
  paintLandscape(pixels, index, width, height);
  for (let ball = 0; ball < BALLS; ball++) paintBall(pixels, ball, index, width, height);
  return { width, height, pixels };
}

/** Side of the landscape, a power of two; it continues on all sides. */
const SIDE = 1024;
/** Distance between the points of each layer of the landscape, and how much it counts. */
const LAYERS = [
  [128, 0.45],
  [32, 0.3],
  [8, 0.2],
  [2, 0.05],
] as const;
const BALLS = 7;
/** Colours from low to high: water, woods, fields, rock, snow; red, green, blue. */
const COLOURS = [
  [24, 38, 74],
  [38, 72, 52],
  [116, 128, 66],
  [148, 118, 92],
  [240, 240, 236],
] as const;

let landscape: Float32Array | undefined;

/** Each pixel is between four points of the landscape. Written for speed: it is done sixty million times. */
function paintLandscape(pixels: Buffer, index: number, width: number, height: number): void {
  landscape ??= createLandscape();
  const colours = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  const angle = 0.3 + index * 0.004;
  const scale = (1.1 - index * 0.006) * (1280 / width);
  const [cosine, sine] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  let at = 0;
  for (let y = 0; y < height; y++) {
    const down = y - height / 2;
    let u = (-width / 2) * cosine - down * sine + 4 * SIDE + 300 + index * 2.7;
    let v = (-width / 2) * sine + down * cosine + 4 * SIDE + 400 + index * 1.3;
    for (let x = 0; x < width; x++) {
      const [left, top] = [u | 0, v | 0];
      const [right, below] = [u - left, v - top];
      const [upper, lower] = [(top & (SIDE - 1)) * SIDE, ((top + 1) & (SIDE - 1)) * SIDE];
      const [west, east] = [left & (SIDE - 1), (left + 1) & (SIDE - 1)];
      const north = (landscape[upper + west] ?? 0) * (1 - right) + (landscape[upper + east] ?? 0) * right;
      const south = (landscape[lower + west] ?? 0) * (1 - right) + (landscape[lower + east] ?? 0) * right;
      colours[at++] = PALETTE[(north * (1 - below) + south * below) | 0] ?? 0;
      u += cosine;
      v += sine;
    }
  }
}

/** The colour of each height from 0 to 1023, as a pixel. */
const PALETTE = Uint32Array.from({ length: 1024 }, (_, height) => {
  const place = (height / 1024) * (COLOURS.length - 1);
  const [from, to] = [COLOURS[Math.floor(place)] ?? COLOURS[0], COLOURS[Math.ceil(place)] ?? COLOURS[0]];
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (to[channel] - from[channel]) * (place % 1));
  return (mix(0) << 16) | (mix(1) << 8) | mix(2);
});

function createLandscape(): Float32Array {
  const random = createRandom(1);
  const heights = new Float32Array(SIDE * SIDE);
  for (const [distance, share] of LAYERS) addLayer(heights, distance, share, random);
  // Most places are of middle height; this uses the whole range.
  return heights.map((height) => Math.max(0, Math.min(1023, (height - 0.5) * 2200 + 512)));
}

/** Adds random heights at points of a grid, and smooth ones between them. */
function addLayer(heights: Float32Array, distance: number, share: number, random: () => number): void {
  const points = SIDE / distance;
  const grid = Float32Array.from({ length: points * points }, random);
  const at = (row: number, column: number) => grid[(row % points) * points + (column % points)] ?? 0;
  for (let y = 0; y < SIDE; y++) {
    const [row, down] = split(y / distance);
    for (let x = 0; x < SIDE; x++) {
      const [column, right] = split(x / distance);
      const above = at(row, column) * (1 - right) + at(row, column + 1) * right;
      const below = at(row + 1, column) * (1 - right) + at(row + 1, column + 1) * right;
      const index = y * SIDE + x;
      heights[index] = (heights[index] ?? 0) + share * (above * (1 - down) + below * down);
    }
  }
}

/** The whole part, and the rest, eased so that no grid shows. */
function split(value: number): [number, number] {
  const whole = Math.floor(value);
  const rest = value - whole;
  return [whole, rest * rest * (3 - 2 * rest)];
}

function paintBall(pixels: Buffer, ball: number, index: number, width: number, height: number): void {
  const radius = Math.round(height * (0.04 + 0.012 * ball));
  const turn = index / 24 + ball;
  const centre = {
    x: Math.round(width * (0.5 + 0.4 * Math.sin(turn * (0.7 + 0.13 * ball)))),
    y: Math.round(height * (0.5 + 0.35 * Math.cos(turn * (0.9 + 0.07 * ball)))),
  };
  for (let y = -radius; y <= radius; y++) {
    for (let x = -radius; x <= radius; x++) {
      const [column, row] = [centre.x + x, centre.y + y];
      if (x * x + y * y > radius * radius || column < 0 || column >= width || row < 0 || row >= height)
        continue;
      // Lit from the upper left.
      const light = clamp(210 - (110 * (x + y + radius)) / radius + 60);
      const at = (row * width + column) * 4;
      for (let channel = 0; channel < 3; channel++) {
        pixels[at + channel] = (light * (90 + ((ball * 67 + channel * 83) % 166))) / 255;
      }
    }
  }
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}
