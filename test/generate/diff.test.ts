import fc from "fast-check";
import { expect, it } from "vitest";
import { renderDiff } from "../../src/generate/diff.ts";

const lines = (...all: string[]) => all.map((line) => `${line}\n`).join("");

it("shows each change with three lines around it", () => {
  const before = lines("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12");
  const after = before.replace("2\n", "two\n").replace("11\n", "11\n11.5\n");
  expect(renderDiff(before, after)).toMatchInlineSnapshot(`
    "@@ -1,5 +1,5 @@
     1
    -2
    +two
     3
     4
     5
    @@ -9,4 +9,5 @@
     9
     10
     11
    +11.5
     12
    "
  `);
});

it("is empty for equal texts, and the whole of a new or a removed one", () => {
  expect(renderDiff("a\n", "a\n")).toBe("");
  expect(renderDiff("", lines("a", "b"))).toBe("@@ -0,0 +1,2 @@\n+a\n+b\n");
  expect(renderDiff(lines("a", "b"), "")).toBe("@@ -1,2 +0,0 @@\n-a\n-b\n");
});

it("has every removed and every added line, for any two texts", () => {
  const some = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
  fc.assert(
    fc.property(some, some, (before, after) => {
      const diff = renderDiff(lines(...before), lines(...after)).split("\n");
      const count = (sign: string) => diff.filter((line) => line.startsWith(sign)).length;
      expect(before.length - count("-")).toBe(after.length - count("+"));
    }),
  );
});
