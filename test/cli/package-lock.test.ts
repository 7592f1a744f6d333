import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const lock = JSON.parse(readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8"));
const packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }> =
  lock.packages;

test("package-lock.json has the packages of every platform: npm 11 refuses a lock that lacks some", () => {
  const wanted = Object.values(packages).flatMap((pkg) => Object.keys(pkg.optionalDependencies ?? {}));
  const known = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  expect(wanted.filter((name) => !known.has(name))).toEqual([]);
});

test("package-lock.json names no registry", () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});
