import { expect, it } from "vitest";
import { parseJson } from "../../src/model/parse-json.ts";

it("parses what is JSON", () => {
  expect(parseJson('{ "a": [1, null] }')).toEqual({ value: { a: [1, null] } });
});

/** Node says "position 15", or nothing about the place. */
it.each([
  ["", 1, 1, "Unexpected end of JSON input"],
  ["<html>", 1, 1, "Unexpected token '<'"],
  ['{"a": 1,\n "b": 2,\n}', 3, 1, "Expected double-quoted property name"],
  ['{\n  "a" 1\n}', 2, 7, "Expected ':' after property name"],
  ['{"a": [1, 2', 1, 12, "Expected ',' or ']' after array element"],
  ['{\n  "a": tru\n}', 2, 11, "Unexpected token '\\n'"],
  ['{"a": 1} x', 1, 10, "Unexpected non-whitespace character after JSON"],
  ['["a\nb"]', 1, 4, "Bad control character in string literal"],
  ["[\n<<<<<<< ours\n]", 2, 1, "Unexpected token '<'"],
])("of %j it tells line and column of the fault", (text, line, column, message) => {
  expect(parseJson(text)).toEqual({ problem: { line, column, message: `is not JSON: ${message}` } });
});
