import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { DOCS, filesBelow, PAGES, ROOT } from "./pages.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe.each(PAGES)("%s", (page) => {
  it("links only to files and headings that exist", () => {
    expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it("names only source files that exist", () => {
    expect(sourcePathsOf(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

it("the index lists every page once", () => {
  const listed = linksOf("docs/README.md").map((link) => normalize(join("docs", link)));
  expect(listed.sort()).toEqual(DOCS.filter((page) => page !== "docs/README.md"));
});

it("code, messages and tests name only pages that exist", () => {
  const files = ["src", "nix", "test", "workspaces", ".github"].flatMap(filesBelow);
  const named = files.flatMap((file) =>
    [...read(file).matchAll(/\bdocs\/[\w/-]+\.md/g)].map(([path]) => ({ file, path })),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
});

/** The targets of a page's links, but for those to other sites. */
function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || headingsOf(target).includes(anchor);
}

/** A page's headings as GitHub's anchors. */
function headingsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Paths in code spans, but for patterns such as `src/<concern>/<verb>.ts`. */
function sourcePathsOf(page: string): string[] {
  return [...read(page).matchAll(/`((?:src|test|nix(?!\/locks)|docs|\.github)\/[\w./-]*)`/g)].map(
    ([, path = ""]) => path,
  );
}
