import { expect, it } from "vitest";
import { sourceDate } from "../../src/model/source-date.ts";

it("gives whole seconds, or nothing", () => {
  expect(sourceDate({ SOURCE_DATE_EPOCH: "1700000000" })).toBe(1_700_000_000);
  expect(sourceDate({ SOURCE_DATE_EPOCH: "0" })).toBe(0);
  expect(sourceDate({ SOURCE_DATE_EPOCH: "" })).toBeUndefined();
  expect(sourceDate({})).toBeUndefined();
});

it.each(["abc", "-1", "1.5", "1e9", " 1", "999999999999"])("refuses %s", (text) => {
  expect(() => sourceDate({ SOURCE_DATE_EPOCH: text })).toThrow(/whole seconds/);
});
