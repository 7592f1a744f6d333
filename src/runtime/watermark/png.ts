import { inflateSync } from "node:zlib";

/** A picture in memory. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row, 8 bits each. */
  readonly rgba: Buffer;
}

/** Decodes a PNG of 8 bits a channel, RGB or RGBA, not interlaced. Throws for any other. */
export function decodePng(png: Buffer): Bitmap {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(body);
  }
  if (png.toString("latin1", 1, 4) !== "PNG" || png.length < 29) throw new Error("it is not a PNG");
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const size = { 2: 3, 6: 4 }[png[25] ?? 0];
  if (png[24] !== 8 || size === undefined || png[28] !== 0)
    throw new Error("it is not a PNG of 8 bits a channel, RGB or RGBA, not interlaced");
  if (width * height > MOST_PIXELS) throw new Error(`it has more than ${MOST_PIXELS} pixels`);
  const rows = inflateSync(Buffer.concat(parts), { maxOutputLength: height * (width * size + 1) });
  if (rows.length < height * (width * size + 1)) throw new Error("a part of it is missing");
  const data = unfilter(rows, width * size, size);
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++)
    data.copy(rgba, pixel * 4, pixel * size, (pixel + 1) * size);
  return { width, height, rgba };
}

/** A screen of 4096 x 4096. */
const MOST_PIXELS = 4096 ** 2;

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
