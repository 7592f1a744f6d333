import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KASM_PATHS, KASM_VARIABLES } from "../../src/runtime/boot/kasm.ts";
import { INTERNAL, TABLES, VARIABLES } from "../../src/runtime/boot/variables.ts";
import { filesBelow, ROOT } from "./pages.ts";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe.each(Object.entries(TABLES))("%s", (page, rows) => {
  it("has the variables of the container in its table, as the container knows them", () => {
    const known = rows.map(({ names, standard, meaning }) => [code(names), standard, meaning]);
    expect(tableOf(page, "Variable", "Default")).toEqual(known);
  });
});

it("runtime.md has Kasm's variables and paths, as the log names them", () => {
  const page = "docs/operate/runtime.md";
  const variables = KASM_VARIABLES.map(({ names, reason }) => [code(names), reason]);
  expect(tableOf(page, "Variable", "Why it has no effect")).toEqual(variables);
  const paths = KASM_PATHS.map(({ paths, meaning }) => [code(paths), meaning]);
  expect(tableOf(page, "Path", "Here")).toEqual(paths);
});

// A variable that is read and not in the table would be logged as none.
it("every variable that the container reads is known to it", () => {
  const words = filesBelow("src/runtime").flatMap((file) => [
    ...[...read(file).matchAll(/\b(?:environment|container|given|env)\.([A-Z][A-Z0-9_]+)\b/g)],
    ...[...read(file).matchAll(/"((?:KASMIX|KASM|VNC|URL_LAUNCHER)_[A-Z0-9_]+)"/g)],
  ]);
  const names = new Set(words.map(([, name = ""]) => name));
  const system = ["HOME", "PATH", "LD_PRELOAD", "XDG_RUNTIME_DIR"];
  const kasms = KASM_VARIABLES.flatMap(({ names }) => names);
  // The name of an atom of the X server.
  const known = [...VARIABLES.keys(), ...kasms, ...INTERNAL, ...system, "KASMIX_CLIPBOARD"];
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
});

it("runtime.md names every variable of the pages of features", () => {
  const page = read("docs/operate/runtime.md");
  expect(
    [...VARIABLES.keys()].filter((name) => !/^LC_|CUT_TEXT$/.test(name) && !page.includes(`\`${name}\``)),
  ).toEqual([]);
});

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

/** The cells of the first table whose first columns have these names. */
function tableOf(page: string, ...columns: readonly string[]): string[][] {
  const head = columns.map((name) => `\\| ${name} +`).join("");
  const table = new RegExp(`^${head}.*\n\\|[-| ]+\n((?:\\|.*\n)+)`, "m").exec(read(page))?.[1] ?? "";
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
