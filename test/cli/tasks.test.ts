import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("README.md, where xc looks by default, has the tasks of xc.md, and each calls the command line", () => {
  const [readme, own] = ["README.md", "xc.md"].map(readTasks);
  expect(readme).toEqual(own);
  expect(Object.keys(own ?? {})).toEqual(
    expect.arrayContaining([
      "desktop-build",
      "desktop-load",
      "desktop-upgrade",
      "desktop-run",
      "desktop-logs",
    ]),
  );
  for (const task of Object.values(own ?? {})) expect(task).toMatch(/\.\/kasmix [a-z]+ desktop/);
});

/** The tasks under the heading that xc looks for, by name. */
function readTasks(file: string): Record<string, string> {
  const [, section = ""] = readFileSync(join(ROOT, file), "utf8").split(/^## Tasks$/m);
  const [, ...tasks] = section.split(/^### /m);
  return Object.fromEntries(tasks.map((task) => [task.split("\n", 1)[0], task.trim()]));
}
