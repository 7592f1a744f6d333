import { describe, expect, it } from "vitest";
import { readFlag, readQuery } from "../../../src/runtime/kasm-api/query.ts";

describe("a query", () => {
  it.each([
    ["/api/x", {}],
    ["/api/x?", {}],
    ["/api/x?a=1&b=2", { a: "1", b: "2" }],
    ["/api/x?a=1&a=2", { a: "1" }],
    ["/api/x?a=p+q%20r%2B%26", { a: "p+q r+&" }],
    ["/api/x?a=b=c", { a: "b=c" }],
    ["/api/x?a#b=1", { a: "" }],
    ["/api/x?owner=1", { owner: "1" }],
  ])("%s", (target, expected) => {
    const found = [...(readQuery(target) ?? [])].filter(([name]) => name !== "");
    expect(found).toEqual(Object.entries(expected));
  });

  it("with an invalid percent-encoding is undefined", () => {
    for (const text of ["%", "%zz", "%c3"]) expect(readQuery(`/api/x?a=${text}`)).toBeUndefined();
  });
});

it("a flag is true for `true` only, false for other words, and undefined without a word", () => {
  const told = (value: string) => readFlag(new Map([["write", value]]), "write");
  expect([told("true"), told("True"), told("false"), told("no")]).toEqual([true, false, false, false]);
  expect([told(""), told("1"), readFlag(new Map(), "write")]).toEqual([undefined, undefined, undefined]);
});
