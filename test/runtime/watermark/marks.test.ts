import { expect, test } from "vitest";
import { opaqueAreas, placeMarks } from "../../../src/runtime/watermark/marks.ts";

/** A bitmap of one character for each pixel: `#` is opaque. */
function bitmap(...rows: string[]) {
  const rgba = Buffer.concat([...rows.join("")].map((mark) => Buffer.of(0, 0, 0, mark === "#" ? 255 : 0)));
  return { width: rows[0]?.length ?? 0, height: rows.length, rgba };
}

test("equal rows are one area", () => {
  expect(opaqueAreas(bitmap("##.#", "##.#", "....", "###."))).toEqual([
    { x: 0, y: 0, width: 2, height: 2 },
    { x: 3, y: 0, width: 1, height: 2 },
    { x: 0, y: 3, width: 3, height: 1 },
  ]);
});

test("a picture of too many areas is a rectangle", () => {
  const rows = Array.from({ length: 100 }, (_, y) => (y % 2 ? "#." : ".#").repeat(50));
  expect(opaqueAreas(bitmap(...rows))).toEqual([{ x: 0, y: 0, width: 100, height: 100 }]);
});

test("there are as many marks as fit and cost little", () => {
  const screen = { width: 1200, height: 900 };
  const count = (width: number, areas: number) => placeMarks({ width, height: 40 }, areas, screen).length;
  expect(count(300, 300)).toBe(9);
  expect(count(300, 500)).toBe(6);
  expect(count(500, 300)).toBe(6);
  expect(count(300, 2_000)).toBe(1);
  expect(placeMarks({ width: 1_500, height: 40 }, 300, screen)).toEqual([{ x: 0, y: 430 }]);
});
