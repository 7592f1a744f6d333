import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listWorkspaces } from "../../src/model/load.ts";
import { readTasks } from "../helpers/tasks.ts";

const ROOT = join(import.meta.dirname, "../..");

const [readme, all] = ["README.md", "xc.md"].map((file) => readTasks(readFileSync(join(ROOT, file), "utf8")));

test("README.md, where xc looks by default, has the tasks that build, load and start desktop", () => {
  const names = ["desktop-build", "desktop-load", "desktop-upgrade"];
  expect(readme).toEqual(Object.fromEntries(names.map((name) => [name, all?.[name]])));
});

test("every workspace has every task, each calls the command line, and required tasks exist", async () => {
  const names = ["build", "load", "run", "upgrade", "browser-open", "logs", "down", "push", "pull"];
  const wanted = (await listWorkspaces(ROOT)).flatMap((workspace) =>
    names.map((name) => `${workspace}-${name}`),
  );
  expect(Object.keys(all ?? {}).sort()).toEqual(wanted.sort());
  for (const [name, { script, requires }] of Object.entries(all ?? {})) {
    const workspace = name.split("-")[0];
    expect(script).toMatch(new RegExp(`^\\./kasmix [a-z]+ ${workspace}\\b`));
    expect(Object.keys(all ?? {})).toEqual(expect.arrayContaining([...requires]));
  }
});
