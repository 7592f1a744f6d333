import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { IGNORED, INTERNAL, TABLES, VARIABLES } from "../../src/runtime/boot/variables.ts";
import { filesBelow, ROOT } from "./pages.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe.each(Object.entries(TABLES))("%s", (page, rows) => {
  it("has the variables of the container in its table, as the container knows them", () => {
    const found = tableOf(page);
    const known = rows.map(({ names, standard, meaning }) => [
      names.map((name) => `\`${name}\``).join(", "),
      standard,
      meaning,
    ]);
    expect(found).toEqual(known);
  });
});

// A variable that is read and not in the table would be logged as none.
it("every variable that the container reads is known to it", () => {
  const words = filesBelow("src/runtime").flatMap((file) => [
    ...[...read(file).matchAll(/\b(?:environment|container|given|env)\.([A-Z][A-Z0-9_]+)\b/g)],
    ...[...read(file).matchAll(/"((?:KASMIX|KASM|VNC|URL_LAUNCHER)_[A-Z0-9_]+)"/g)],
  ]);
  const names = new Set(words.map(([, name = ""]) => name));
  const system = ["HOME", "PATH", "LD_PRELOAD", "XDG_RUNTIME_DIR"];
  // The name of an atom of the X server.
  const known = [...VARIABLES.keys(), ...INTERNAL, ...IGNORED, ...system, "KASMIX_CLIPBOARD"];
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
});

it("runtime.md names every variable of the pages of features", () => {
  const page = read("docs/operate/runtime.md");
  expect(
    [...VARIABLES.keys()].filter((name) => !/^LC_|CUT_TEXT$/.test(name) && !page.includes(`\`${name}\``)),
  ).toEqual([]);
});

/** The cells of the table whose first column is for variables. */
function tableOf(page: string): string[][] {
  const table = /^\| Variable +\| Default.*\n\|[-| ]+\n((?:\|.*\n)+)/m.exec(read(page))?.[1] ?? "";
  return table
    .trim()
    .split("\n")
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
