import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/internals/seeds.md"), "utf8");

it("names only files that are there", () => {
  const paths = [...PAGE.matchAll(/`((?:src|test|docs|workspaces)\/[^`]+)`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it("names only tests that are there", () => {
  expect(proofs().length).toBeGreaterThan(35);
  const gone = proofs().filter(({ file, title }) => !readFileSync(join(ROOT, file), "utf8").includes(title));
  expect(gone).toEqual([]);
});

/** Every test that the last columns name: `file`: title; title; `file`: title. */
function proofs(): { file: string; title: string }[] {
  const cells = PAGE.split("\n").map((line) => line.split(" | ").at(-1) ?? "");
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`(test\/[^`]+)`: ([^`|]+)/g)].flatMap(([, file = "", titles = ""]) =>
      titles
        .split(";")
        .map((title) => ({ file, title: title.trim() }))
        .filter(({ title }) => title !== ""),
    ),
  );
}
