import fc from "fast-check";
import { expect, it } from "vitest";
import { attachment } from "../../../src/runtime/downloads/content-disposition.ts";
import { readRange } from "../../../src/runtime/downloads/range.ts";

it.each([
  ["bytes=0-0", { start: 0, end: 0 }],
  ["bytes=5-", { start: 5, end: 9 }],
  ["bytes=5-100", { start: 5, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-30", { start: 0, end: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=5-4", undefined],
  ["bytes=0-1,3-4", undefined],
  ["bytes=a-b", undefined],
  [undefined, undefined],
])("of ten bytes %s is %j", (header, range) => {
  expect(readRange(header, 10)).toEqual(range);
});

it("a range is always inside of the file", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.nat(), fc.nat(), (noise, a, b, size) => {
      for (const header of [noise, `bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`]) {
        const range = readRange(header, size);
        if (typeof range !== "object") continue;
        expect(range.start >= 0 && range.start <= range.end && range.end < size).toBe(true);
      }
    }),
  );
});

it("a file's name never ends its header", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (name) => {
      const [, ascii, encoded = ""] =
        /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''([\w%.~!-]*)$/.exec(attachment(name)) ?? [];
      expect(ascii).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeURIComponent(encoded)).toBe(name);
    }),
  );
});
