import { expect, test } from "vitest";
import { chosenTiers, readCounts, renderCounts, TIERS } from "../../src/cli/tiers.ts";

const report = (passed: number, failed: number, skipped: number) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
  });

test("the closing line adds up what the runner counted in every tier", () => {
  const counts = [readCounts(report(10, 1, 2), false), readCounts(report(5, 0, 0), true)];
  expect(renderCounts(counts)).toBe("15 passed, 1 failed, 2 skipped");
});

test("a run that broke off, or failed outside of its tests, is a failure", () => {
  expect(readCounts(undefined, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(readCounts(report(10, 0, 0), false)).toEqual({ passed: 10, failed: 1, skipped: 0 });
});

test("tiers run in the table's order, and an unknown one is refused with a near miss", () => {
  expect(chosenTiers([])).toEqual(TIERS);
  expect(chosenTiers(["e2e", "types"]).map(({ name }) => name)).toEqual(["types", "e2e"]);
  expect(() => chosenTiers(["unti"])).toThrow(
    expect.objectContaining({ code: "E_USAGE", fix: "Did you mean unit?" }),
  );
});
