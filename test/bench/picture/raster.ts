/** A picture, 4 bytes a pixel: blue, green, red, nothing. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** Part of a picture, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Brightness of a pixel (BT.601), 0 to 255. */
export function brightnessAt({ pixels, width }: Raster, x: number, y: number): number {
  const at = (y * width + x) * 4;
  return ((pixels[at] ?? 0) * 29 + (pixels[at + 1] ?? 0) * 150 + (pixels[at + 2] ?? 0) * 77) / 256;
}
