import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KASMVNC_FLAGS } from "../../src/model/kasmvnc.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/build/kasmvnc.md"), "utf8");

it("has a row for every flag, in the order of the command line", () => {
  const section = PAGE.slice(PAGE.indexOf("| Setting"), PAGE.indexOf("Then come the flags"));
  const rows = [...section.matchAll(/^\| (`.*`) +\| `-([\w-]+)` +\|$/gm)].map(([, keys = "", flag]) => ({
    keys: wholeKeys([...keys.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key)),
    flag,
  }));
  expect(rows).toEqual(KASMVNC_FLAGS.map(({ keys, flag }) => ({ keys, flag })));
});

/** The first key of a row is whole; the others are of its group. */
function wholeKeys([first = "", ...others]: readonly string[]): string[] {
  const group = first.split(".").slice(0, -1).join(".");
  return [first, ...others.map((name) => `${group}.${name}`)];
}
