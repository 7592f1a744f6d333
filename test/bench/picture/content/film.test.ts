import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { filmLength, filmPicture, pictureAt } from "./film.ts";

test("the film runs to its end and back, and no picture is shown twice in a row", () => {
  const length = filmLength(1920, 1080);
  expect([length, filmLength(1280, 720), filmLength(3840, 2160)]).toEqual([30, 30, 7]);
  const times = Array.from({ length: 4 * length }, (_, time) => pictureAt(time, length));
  expect(times.slice(0, 3)).toEqual([0, 1, 2]);
  expect(new Set(times).size).toBe(length);
  for (const [time, picture] of times.entries()) {
    if (time > 0) expect(Math.abs(picture - (times[time - 1] ?? 0))).toBe(1);
  }
});

// Figures of two runs can only be compared when the content is the same.
test("a picture has the same pixels on every machine, and another one has others", () => {
  const hash = (index: number) =>
    createHash("sha256")
      .update(filmPicture(index, 96, 54).pixels)
      .digest("hex");
  expect(hash(0)).not.toBe(hash(1));
  expect(hash(0)).toBe("4c0311f981e885a557cc240a9b38287f186283f8d3e83056be3472f7d34824db");
});
