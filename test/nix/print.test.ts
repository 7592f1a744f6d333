import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BinaryOperator, Data, Expression } from "../../src/nix/expression.ts";
import {
  apply,
  attrs,
  binary,
  binding,
  data,
  has,
  ifElse,
  inherit,
  lambda,
  letIn,
  list,
  name,
  number,
  path,
  select,
  string,
  unary,
} from "../../src/nix/expression.ts";
import { printExpression } from "../../src/nix/print.ts";
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
const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 }));
const tree = fc.letrec<{ value: Data }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    integer,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe.skipIf(noNix !== undefined)(
  `what Nix evaluates${noNix === undefined ? "" : ` (left out: ${noNix})`}`,
  () => {
    it("equals what went in, for any text, key, integer and nesting", () => {
      const cases = fc.sample(tree, 1500);
      expect(evaluate(printExpression(data(cases)))).toEqual(JSON.parse(JSON.stringify(cases)));
    });

    it("equals what went in, for any single text", () => {
      const cases = fc.sample(text, 3000);
      expect(evaluate(printExpression(data(cases)))).toEqual(cases);
    });

    it("equals what went in, for any key that can be an attribute's name", () => {
      const keys = [
        ...new Set(fc.sample(text, 1000)),
        "",
        "__proto__",
        "constructor",
        "or",
        "true",
        "inherit",
        "a'",
      ];
      const sets = keys.map((key) => attrs([binding(key, string(key))]));
      const result = evaluate(printExpression(list(sets))) as object[];
      expect(result.map((set) => Object.entries(set))).toEqual(keys.map((key) => [[key, key]]));
    });

    it("is the very same float that went in", () => {
      const floats = fc
        .sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 1000)
        .filter((value) => !Number.isInteger(value) && Math.abs(value) >= 2 ** -1022)
        .concat([0.1, -0.5, 1e-7, -1.5e-300, 2.2250738585072014e-308]);
      const texts = list(floats.map((value) => string(JSON.stringify(value))));
      const read = apply(select(name("builtins"), ["map"]), select(name("builtins"), ["fromJSON"]), texts);
      expect(evaluate(printExpression(binary(list(floats.map(number)), "==", read)))).toBe(true);
    });

    it("is the whole range of integers", () => {
      const edges = [2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) + 1n, -1n, 0n];
      const texts = list(edges.map((value) => apply(name("toString"), number(value))));
      expect(evaluate(printExpression(texts))).toEqual(edges.map(String));
    });

    it("keeps the shape of any nesting of operators", () => {
      const cases = fc.sample(arithmetic(5), 1500);
      expect(evaluate(printExpression(list(cases.map((entry) => entry.expression))))).toEqual(
        cases.map((entry) => entry.value),
      );
    });

    it("keeps functions, selections, conditions and lets together in any place", () => {
      for (const { expression, value } of forms) {
        const printed = printExpression(expression);
        expect(evaluate(printed), printed).toEqual(value);
      }
    });
  },
);

describe("the printer", () => {
  it("prints an expression as nixfmt would lay it out", () => {
    const body = attrs([
      binding("name", string("desktop")),
      binding("lock", path("../locks/desktop.json")),
      binding("none", attrs([])),
      binding("ports", data({ "6901/tcp": {} })),
      binding(
        "files",
        list([data({ path: "/etc/motd", mode: "0644" }), data({ path: "/etc/x", link: "y".repeat(70) })]),
      ),
      binding(
        "words",
        data("lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor".split(" ")),
      ),
      inherit(["a", "b"], name("lib")),
    ]);
    const parameter = { fields: [{ name: "workspace" }, { name: "n", otherwise: number(-1) }], open: true };
    const expression = lambda(parameter, apply(name("workspace"), body));
    expect(printExpression(expression, ["Do not edit."])).toMatchInlineSnapshot(`
      "# Do not edit.
      { workspace, n ? -1, ... }:

      workspace {
        name = "desktop";
        lock = ../locks/desktop.json;
        none = { };
        ports = { "6901/tcp" = { }; };
        files = [
          { path = "/etc/motd"; mode = "0644"; }
          { path = "/etc/x"; link = "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"; }
        ];
        words = [
          "lorem"
          "ipsum"
          "dolor"
          "sit"
          "amet"
          "consectetur"
          "adipiscing"
          "elit"
          "sed"
          "do"
          "eiusmod"
          "tempor"
        ];
        inherit (lib) a b;
      }
      "
    `);
  });

  it("refuses what Nix cannot hold, and says why", () => {
    expect(() => printExpression(string("a\0b"))).toThrow('Nix string: "a\\u0000b" holds a NUL character');
    expect(() => printExpression(string("\ud800"))).toThrow("holds half a surrogate pair");
    expect(() => number(Number.NaN)).toThrow("expected a finite one, got NaN");
    expect(() => number(Number.POSITIVE_INFINITY)).toThrow("expected a finite one, got Infinity");
    expect(() => number(2 ** 53)).toThrow("9007199254740992 is not exact, give a bigint");
    expect(() => number(5e-324)).toThrow("expected at least 2^-1022 in size, got 5e-324");
    expect(() => number(2n ** 63n)).toThrow("expected -2^63 to 2^63 - 1, got 9223372036854775808");
    expect(() => printExpression(name("let"))).toThrow('Nix name: "let" is not one');
    expect(() => printExpression(lambda("true", name("x")))).toThrow(
      "true must not be bound to something else",
    );
    expect(() => attrs([binding("a", number(1)), binding("a", number(2))])).toThrow('"a" is set twice');
    expect(() => path("/etc/passwd")).toThrow("expected ./… or ../…");
  });
});

interface Sum {
  readonly expression: Expression;
  readonly value: number | boolean;
}

/** Random sums together with their value, so that a missing parenthesis changes what Nix says. */
function arithmetic(depth: number): fc.Arbitrary<Sum> {
  const leaf = fc.integer({ min: -9, max: 9 }).map((value): Sum => ({ expression: number(value), value }));
  if (depth === 0) return leaf;
  const part = arithmetic(depth - 1);
  const operator = fc.constantFrom<BinaryOperator>("+", "-", "*");
  return fc.oneof(
    leaf,
    fc.tuple(part, operator, part).map(([left, sign, right]) => sumOf(left, sign, right)),
    part.map(
      ({ expression, value }): Sum => ({ expression: unary("-", expression), value: 0 - Number(value) }),
    ),
    fc.tuple(part, part, part).map(([a, b, c]): Sum => {
      const less = Number(a.value) < Number(b.value);
      const condition = unary("!", binary(a.expression, "<", b.expression));
      return { expression: ifElse(condition, c.expression, a.expression), value: less ? a.value : c.value };
    }),
  );
}

function sumOf(left: Sum, sign: BinaryOperator, right: Sum): Sum {
  const [a, b] = [Number(left.value), Number(right.value)];
  const value = sign === "+" ? a + b : sign === "-" ? a - b : a * b;
  return { expression: binary(left.expression, sign, right.expression), value: value + 0 };
}

const identity = lambda("x", name("x"));
const set = data({ a: { b: 1 }, or: 2 });
const [t, f] = [data(true), data(false)];
const forms: readonly { expression: Expression; value: unknown }[] = [
  {
    expression: list([number(1), number(-1), apply(identity, number(-2)), number(-1.5)]),
    value: [1, -1, -2, -1.5],
  },
  { expression: apply(lambda("f", apply(name("f"), number(3))), identity), value: 3 },
  {
    expression: apply(letIn([binding("f", identity)], name("f")), ifElse(t, number(1), number(2))),
    value: 1,
  },
  { expression: select(apply(identity, set), ["a", "b"]), value: 1 },
  { expression: select(set, ["or"]), value: 2 },
  { expression: list([select(set, ["no"], select(set, ["a", "c"], number(-3)))]), value: [-3] },
  { expression: apply(identity, select(set, ["a", "c"], apply(identity, number(4)))), value: 4 },
  { expression: unary("!", has(set, ["a", "b"])), value: false },
  { expression: has(binary(set, "//", data({ c: 1 })), ["c"]), value: true },
  { expression: binary(data({ a: 1 }), "//", binary(data({ a: 2 }), "//", data({ a: 3 }))), value: { a: 3 } },
  { expression: binary(binary(data([1]), "++", data([2])), "++", data([-3])), value: [1, 2, -3] },
  { expression: binary(binary(f, "->", f), "->", f), value: false },
  { expression: binary(f, "->", binary(t, "->", f)), value: true },
  { expression: binary(binary(t, "||", f), "&&", f), value: false },
  { expression: binary(binary(number(1), "==", number(1)), "==", t), value: true },
  { expression: binary(binary(number(7), "/", number(2)), "*", number(2)), value: 6 },
  { expression: binary(number(7), "-", ifElse(f, number(1), binary(number(2), "-", number(-3)))), value: 2 },
  {
    expression: apply(
      lambda(
        { fields: [{ name: "a" }, { name: "b", otherwise: number(2) }], open: true },
        binary(name("a"), "+", name("b")),
      ),
      data({ a: 1, z: 0 }),
    ),
    value: 3,
  },
  { expression: letIn([inherit(["a", "or"].slice(0, 1), set)], select(name("a"), ["b"])), value: 1 },
  { expression: select(unary("-", number(1)), ["a"], number(9)), value: 9 },
  { expression: select(number(1), ["a"], number(8)), value: 8 },
  { expression: apply(select(name("builtins"), ["baseNameOf"]), path("./a b")), value: "a b" },
  { expression: apply(select(name("builtins"), ["baseNameOf"]), path("./x/../y.json")), value: "y.json" },
];
