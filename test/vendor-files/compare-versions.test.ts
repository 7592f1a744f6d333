import { execFile } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compareVersions } from "../../src/vendor-files/compare-versions.ts";

it.each([
  ["8.25.0", "8.26.0"],
  ["8.9.0", "8.26.0"],
  ["1.0.99", "1.0.160"],
  ["146.0.7680.177.4", "146.0.7680.177.5"],
  ["1.0~rc1", "1.0"],
  ["1.0", "1.0.1"],
  ["1.0", "1.0a"],
  ["1.0a", "1.0+b"],
  ["9.9", "1:0.1"],
  ["1.0-1", "1.0-2"],
  ["20261120999999999999", "20261121000000000000"],
  // An epoch in a foreign index may be anything: it threw a SyntaxError.
  ["1.0", "v1:1.0"],
])("%s is older than %s", (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
});

it.each([
  ["1.0", "1.00"],
  ["0:1.0", "1.0"],
  ["1.0", "1.0-0"],
])("%s and %s are one version", (a, b) => expect(compareVersions(a, b)).toBe(0));

const hasDpkg = await holds("1", "lt", "2");

it.skipIf(!hasDpkg)(`orders as dpkg does${hasDpkg ? "" : " (skipped: needs dpkg)"}`, async () => {
  const part = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,7}$/);
  const version = fc
    .tuple(fc.constantFrom("", "0:", "1:"), part, fc.option(part))
    .map(([epoch, upstream, revision]) => `${epoch}${upstream}${revision === null ? "" : `-${revision}`}`);
  await fc.assert(
    fc.asyncProperty(version, version, async (a, b) => {
      const order = Math.sign(compareVersions(a, b));
      expect([a, b, order]).toEqual([a, b, await orderOfDpkg(a, b)]);
    }),
    { numRuns: 150 },
  );
});

async function orderOfDpkg(a: string, b: string): Promise<number> {
  if (await holds(a, "lt", b)) return -1;
  return (await holds(a, "gt", b)) ? 1 : 0;
}

function holds(a: string, relation: string, b: string): Promise<boolean> {
  const words = ["--compare-versions", a, relation, b];
  return new Promise((resolve) => execFile("dpkg", words, (error) => resolve(error === null)));
}
