import { decodePng as readPng } from "../../src/runtime/watermark/png.ts";

/** A decoded picture, 8 bits a channel. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xrrggbb of the pixel in column x of row y, both counted from 0. */
  pixel(x: number, y: number): number;
}

/** Part of a picture: the left and top edge belong to it, the right and bottom edge do not. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Decodes a PNG as Chromium writes it. Throws for any that Kasmix cannot read. */
export function decodePng(png: Buffer): Picture {
  const { width, height, rgba } = readPng(png);
  return { width, height, pixel: (x, y) => rgba.readUIntBE((y * width + x) * 4, 3) };
}

/** The colours of a region, the most frequent first, each with its number of pixels. */
export function coloursOf(picture: Picture, { left, top, right, bottom }: Region): [number, number][] {
  const counts = new Map<number, number>();
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const colour = picture.pixel(x, y);
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
