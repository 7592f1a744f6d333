import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candidates, namesOf } from "../../../src/runtime/uploads/names.ts";

describe("names", () => {
  it.each([
    ["a/b/c.txt", ["a", "b", "c.txt"]],
    ["zeile\nzwei\u001b.txt", ["zeile_zwei_.txt"]],
    ["\u202egpj.exe", ["_gpj.exe"]],
    ["Ärger 漢字 👩‍👩‍👧.txt", ["Ärger 漢字 👩‍👩‍👧.txt"]],
    ["a\\b", ["a\\b"]],
    [`${"x".repeat(300)}.tar.gz`, [`${"x".repeat(248)}.tar.gz`]],
    [`${"ü".repeat(200)}.txt`, [`${"ü".repeat(125)}.txt`]],
    [`.${"x".repeat(300)}`, [`.${"x".repeat(254)}`]],
  ])("%j", (path, names) => {
    expect(namesOf(path)).toEqual(names);
  });

  it.each([
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "a/../b",
    "./a",
    "a\0b",
    ".kasmix-uploads/x",
    "d/".repeat(70),
  ])("%j is refused", (path) => {
    expect(() => namesOf(path)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it("to try are all different and short enough", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 400 }), (text) => {
        const name = `n${text.replace(/[/\0]/g, "")}`;
        const tried: string[] = [];
        for (const candidate of candidates(name)) if (tried.push(candidate) === 12) break;
        expect(new Set(tried).size).toBe(12);
        expect(tried.every((one) => Buffer.byteLength(one) <= 255)).toBe(true);
      }),
    );
  });
});
