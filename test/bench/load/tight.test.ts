import { expect, test } from "vitest";
import { skipTight } from "./tight.ts";

/** A stream of some bytes, which tells how many were read. */
function streamOf(...bytes: readonly number[]) {
  const all = Buffer.from(bytes);
  let place = 0;
  return {
    async read(length: number) {
      place += length;
      if (place > all.length) throw new RangeError("read too far");
      return all.subarray(place - length, place);
    },
    isAtEnd: () => place === all.length,
  };
}

const zeros = (length: number) => Array<number>(length).fill(0);

test.each([
  ["one colour", [0x80, 1, 2, 3], 64, 64],
  ["JPEG", [0x90, 0x03, 1, 2, 3], 16, 16],
  ["JPEG with a length of two bytes", [0x90, 0x81, 0x01, ...zeros(129)], 16, 16],
  ["JPEG with a length of three bytes", [0x90, 0x80, 0x80, 0x01, ...zeros(16_384)], 64, 64],
  ["few pixels as they are", [0x00, ...zeros(9)], 3, 1],
  ["compressed pixels", [0x00, 0x02, 1, 2], 3, 3],
  ["two colours, one bit a pixel", [0x40, 0x01, 0x01, ...zeros(6), ...zeros(4)], 9, 2],
  ["more colours, a byte a pixel", [0x50, 0x01, 0x02, ...zeros(9), 0x01, 7], 5, 4],
  ["a gradient", [0x60, 0x02, 0x01, 7], 4, 4],
])(
  "%s: nothing of the rectangle is left, and nothing of the next is taken",
  async (_, bytes, width, height) => {
    const stream = streamOf(...bytes);
    await skipTight(stream, width, height);
    expect(stream.isAtEnd()).toBe(true);
  },
);

test("an unknown compression is refused", async () => {
  await expect(skipTight(streamOf(0xf0), 1, 1)).rejects.toThrow("15");
});
