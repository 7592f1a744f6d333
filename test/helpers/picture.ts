import { inflateSync } from "node:zlib";

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

/** Decodes a PNG as Chromium writes it: 8 bits a channel, RGB or RGBA, not interlaced. Throws for any other. */
export function decodePng(png: Buffer): Picture {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(body);
  }
  const [width, height, depth, kind, interlaced] = [
    png.readUInt32BE(16),
    png.readUInt32BE(20),
    png[24],
    png[25],
    png[28],
  ];
  const size = kind === 2 ? 3 : kind === 6 ? 4 : undefined;
  if (depth !== 8 || size === undefined || interlaced !== 0) throw new Error("not such a PNG");
  const data = unfilter(inflateSync(Buffer.concat(parts)), width * size, size);
  return { width, height, pixel: (x, y) => data.readUIntBE((y * width + x) * size, 3) };
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

/** Each row is stored as differences to its neighbours, in a way that its first byte names. */
function unfilter(rows: Buffer, stride: number, size: number): Buffer {
  const height = rows.length / (stride + 1);
  const data = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const here = y * stride + x;
      const left = x < size ? 0 : (data[here - size] ?? 0);
      const above = y === 0 ? 0 : (data[here - stride] ?? 0);
      const corner = x < size || y === 0 ? 0 : (data[here - stride - size] ?? 0);
      data[here] = (rows[y * (stride + 1) + 1 + x] ?? 0) + predict(filter, left, above, corner);
    }
  }
  return data;
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const guess = left + above - corner;
  const [byLeft, byAbove, byCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - above),
    Math.abs(guess - corner),
  ];
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}
