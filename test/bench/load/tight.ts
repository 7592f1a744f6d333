import type { ByteStream } from "../rfb.ts";

/** What noVNC asks for by itself: Tight with JPEG, quality 6, compression 2. */
export const TIGHT = { encoding: 7, quality: -32 + 6, compression: -256 + 2 } as const;

/** Reads a rectangle in Tight encoding with 3 bytes a pixel, and forgets it: only its length has to be known. */
export async function skipTight(stream: ByteStream, width: number, height: number): Promise<void> {
  const control = (await stream.read(1)).readUInt8() >> 4;
  if (control === FILL) await stream.read(BYTES);
  else if (control === JPEG) await stream.read(await readLength(stream));
  else if (control > JPEG) throw new Error(`Tight has no compression ${control}`);
  else {
    const size = await readFilter(stream, (control & HAS_FILTER) !== 0, width, height);
    await stream.read(size < LEAST_COMPRESSED ? size : await readLength(stream));
  }
}

const [FILL, JPEG, HAS_FILTER] = [8, 9, 4];
const PALETTE = 1;
const BYTES = 3;
/** Less than this is sent as it is. */
const LEAST_COMPRESSED = 12;

/** Reads which filter was used; returns how many bytes there are to be decompressed. */
async function readFilter(
  stream: ByteStream,
  isNamed: boolean,
  width: number,
  height: number,
): Promise<number> {
  const filter = isNamed ? (await stream.read(1)).readUInt8() : 0;
  if (filter !== PALETTE) return width * height * BYTES;
  const colours = (await stream.read(1)).readUInt8() + 1;
  await stream.read(colours * BYTES);
  return height * (colours === 2 ? Math.ceil(width / 8) : width);
}

/** A number of one to three bytes, the lowest seven bits first. */
async function readLength(stream: ByteStream): Promise<number> {
  let length = 0;
  for (let shift = 0; shift <= 14; shift += 7) {
    const byte = (await stream.read(1)).readUInt8();
    length |= (shift === 14 ? byte : byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return length;
}
