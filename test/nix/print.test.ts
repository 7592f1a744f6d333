import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NixPath, type NixValue, printNix } from "../../src/nix/print.ts";
import { evaluate, noNix } from "./evaluate.ts";

/** Everything a text may hold but NUL and half surrogate pairs, with what means something to Nix more often. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("$", "${", "$${", "\\", '"', "''", "\n", "\r", "\r\n", "\t", "\b", "\u001b", "''${"),
      fc.string({ unit: "binary" }),
      fc.constantFrom("true", "or", "let", "a-b", "a.b", "é", "𝄞", "#", "/*"),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join("").replaceAll("\0", ""));
const tree = fc.letrec<{ value: NixValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.maxSafeNat(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe.skipIf(noNix !== undefined)(
  `what Nix evaluates${noNix === undefined ? "" : ` (left out: ${noNix})`}`,
  () => {
    it("equals what went in, for any text, key, integer and nesting", () => {
      const cases = fc.sample(tree, 1500);
      expect(evaluate(printNix(cases, "any"))).toEqual(JSON.parse(JSON.stringify(cases)));
    });

    it("equals what went in, for any single text", () => {
      const cases = fc.sample(text, 3000);
      expect(evaluate(printNix(cases, "any"))).toEqual(cases);
    });

    it("has the paths that went in, whatever characters they hold", () => {
      const paths = ["./a b", "./x/../y.json", "./$" + "{x}", "./é", "../a-b_c+d.e"];
      const value = { list: paths.map((path) => new NixPath(path)), one: new NixPath("./a b") };
      const names = evaluate(
        `let read = ${printNix(value, "paths")}; in map baseNameOf (read.list ++ [ read.one ])`,
      );
      expect(names).toEqual(["a b", "y.json", "$" + "{x}", "é", "a-b_c+d.e", "a b"]);
    });
  },
);

it("refuses what Nix cannot read", () => {
  for (const value of ["a\0b", "\ud800", -1, 1.5, 2 ** 53, Number.NaN, { "\0": 1 }])
    expect(() => printNix(value, "")).toThrow(RangeError);
  for (const path of ["a", "/a", "...", ""]) expect(() => new NixPath(path)).toThrow(/expected \.\//);
});

it("lays out short values in a line and long ones in lines, and leaves undefined fields out", () => {
  const long = "x".repeat(100);
  const value = {
    empty: [],
    none: {},
    list: ["a", { path: "/a", mode: "0755" }],
    left: undefined,
    long: [long, { path: long, source: new NixPath("./b c") }],
    "a.b": { only: 1 },
    or: { two: 2, three: new NixPath("./x") },
  };
  expect(printNix(value, "Comment.")).toBe(`# Comment.
{
  empty = [ ];
  none = { };
  list = [ "a" { path = "/a"; mode = "0755"; } ];
  long = [
    "${long}"
    {
      path = "${long}";
      source = ./. + "/b c";
    }
  ];
  "a.b" = { only = 1; };
  "or" = {
    two = 2;
    three = ./x;
  };
}
`);
});
