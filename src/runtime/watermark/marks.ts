import type { Area } from "../x11/requests.ts";
import type { Size } from "../x11/watch-size.ts";
import type { Bitmap } from "./png.ts";

/**
 * Areas of all marks together. The X server clips all that is drawn under them to what is left: at 1920 x 1080, 3000
 * areas made scrolling take 1 ms more, 12000 made it take 120 ms (docs/operate/watermark.md).
 */
const MOST_AREAS = 3_000;

/** Rows and columns of marks, the most first. */
const GRIDS = [
  [3, 3],
  [3, 2],
  [2, 2],
  [2, 1],
  [1, 1],
] as const;

/** The parts of a picture that are seen, as few areas of equal rows as simple means find. One area if these are too many. */
export function opaqueAreas({ width, height, rgba }: Bitmap): Area[] {
  const done: Area[] = [];
  let open: Area[] = [];
  for (let y = 0; y < height; y++) {
    const runs = opaqueRuns(rgba.subarray(y * width * 4, (y + 1) * width * 4), y);
    const isSame =
      runs.length === open.length &&
      runs.every(({ x, width }, index) => open[index]?.x === x && open[index].width === width);
    if (!isSame) done.push(...open);
    open = isSame ? open.map((area) => ({ ...area, height: area.height + 1 })) : runs;
  }
  const areas = [...done, ...open];
  return areas.length <= MOST_AREAS ? areas : [{ x: 0, y: 0, width, height }];
}

function opaqueRuns(row: Buffer, y: number): Area[] {
  const runs: Area[] = [];
  let start: number | undefined;
  for (let x = 0; x <= row.length / 4; x++) {
    const isOpaque = (row[x * 4 + 3] ?? 0) >= 128;
    if (isOpaque) start ??= x;
    else if (start !== undefined) {
      runs.push({ x: start, y, width: x - start, height: 1 });
      start = undefined;
    }
  }
  return runs;
}

/** Where the marks are on a screen: in as many places as cost little and fit, evenly spread. */
export function placeMarks(
  mark: Size,
  areas: number,
  screen: Size,
): { readonly x: number; readonly y: number }[] {
  const [rows, columns] = GRIDS.find(
    ([rows, columns]) =>
      rows * columns * areas <= MOST_AREAS &&
      columns * mark.width <= screen.width &&
      rows * mark.height <= screen.height,
  ) ?? [1, 1];
  const at = (index: number, count: number, length: number, own: number) =>
    Math.max(0, Math.round(((index + 0.5) * length) / count - own / 2));
  return Array.from({ length: rows * columns }, (_, index) => ({
    x: at(index % columns, columns, screen.width, mark.width),
    y: at(Math.floor(index / columns), rows, screen.height, mark.height),
  }));
}
