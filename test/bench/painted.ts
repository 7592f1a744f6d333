import type { Picture } from "./rfb.ts";

/** A part of the screen, in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Height of the panel along the lower edge. */
const PANEL = 30;

/**
 * Whether the whole desktop is there: the gradient of the backdrop, the icons on it, and the panel with its menu at
 * the left and its clock at the right. An empty screen has one colour; a backdrop alone has one in each line.
 */
export function isDesktopPainted(picture: Picture): boolean {
  const { width, height } = picture;
  const third = Math.floor(width / 3);
  const panel = { top: height - PANEL, height: PANEL, width: third };
  return (
    coloursDown(picture, Math.floor(width / 2), height - PANEL) >= 8 &&
    hasDrawing(picture, { left: 0, top: 0, width: third, height: height - PANEL }) &&
    hasDrawing(picture, { ...panel, left: 0 }) &&
    hasDrawing(picture, { ...panel, left: width - third })
  );
}

/** Whether some line of the region has as many edges as letters and icons have: a wallpaper's colours change softly. */
export function hasDrawing(picture: Picture, region: Region): boolean {
  const green = (x: number, y: number) => (colourAt(picture, x, y) >> 8) & 0xff;
  for (let y = region.top; y < region.top + region.height; y++) {
    let edges = 0;
    for (let x = region.left + 1; x < region.left + region.width; x++) {
      if (Math.abs(green(x, y) - green(x - 1, y)) > 40) edges += 1;
      if (edges >= 6) return true;
    }
  }
  return false;
}

function coloursDown(picture: Picture, x: number, height: number): number {
  const colours = new Set<number>();
  for (let y = 0; y < height; y++) colours.add(colourAt(picture, x, y));
  return colours.size;
}

function colourAt({ pixels, width }: Picture, x: number, y: number): number {
  return pixels.readUInt32LE((y * width + x) * 4) & 0xffffff;
}
