import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { EXIT_CODES } from "../../src/model/error.ts";

it("docs/operate/exit-codes.md has exactly the codes of the program", async () => {
  const text = await readFile(new URL("../../docs/operate/exit-codes.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| ([0-9]+) +\| `(E_[A-Z_]+)` +\|/gm)].map((row) => [
    row[2],
    Number(row[1]),
  ]);
  expect(Object.fromEntries(rows)).toEqual(EXIT_CODES);
});
