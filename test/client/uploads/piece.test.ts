import { expect, test } from "vitest";
import { largestPiece, smallerPiece } from "../../../src/client/uploads/piece.ts";

test("pieces shrink to nginx's limit at once, then by halves to the smallest, and end there", () => {
  const sizes: number[] = [];
  for (let size: number | undefined = largestPiece; size !== undefined; size = smallerPiece(size))
    sizes.push(size);
  expect(sizes).toEqual([16777216, 1048576, 524288, 262144, 131072, 65536, 64000]);
  expect(smallerPiece(100_000)).toBe(64_000);
  expect(smallerPiece(10)).toBeUndefined();
});
