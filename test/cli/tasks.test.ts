import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listWorkspaces } from "../../src/model/load.ts";
import { readTasks } from "../helpers/tasks.ts";

const ROOT = join(import.meta.dirname, "../..");

const [readme, all] = ["README.md", "xc.md"].map((file) => readTasks(readFileSync(join(ROOT, file), "utf8")));

test("README.md, where xc looks by default, has the tasks that build, load, start and open desktop", () => {
  const names = ["desktop-build", "desktop-load", "desktop-upgrade", "browser-open"];
  expect(readme).toEqual(Object.fromEntries(names.map((name) => [name, all?.[name]])));
});

test("every workspace has every task, each calls the command line, and required tasks exist", async () => {
  const names = ["build", "load", "run", "upgrade", "browser-open", "logs", "down", "push", "pull"];
  const wanted = (await listWorkspaces(ROOT)).flatMap((workspace) =>
    names.map((name) => `${workspace}-${name}`),
  );
  expect(Object.keys(all ?? {}).sort()).toEqual([...wanted, "browser-open"].sort());
  for (const [name, { script, requires }] of Object.entries(all ?? {})) {
    const workspace = name === "browser-open" ? "desktop" : name.split("-")[0];
    expect(script).toMatch(new RegExp(`^\\./kasmix [a-z]+ ${workspace}\\b`));
    expect(Object.keys(all ?? {})).toEqual(expect.arrayContaining([...requires]));
  }
});

/** xc prints a warning of four lines for each such task at every call. */
test("no task has an attribute that xc has given up", () => {
  for (const file of ["README.md", "xc.md"])
    expect(readFileSync(join(ROOT, file), "utf8")).not.toMatch(/^interactive:/im);
});

/** The task insisted on a reference, and `./kasmix push` has a place of its own. */
test("push takes a reference as an argument, from the environment, or none", () => {
  const script = (all?.["desktop-push"]?.script ?? "").replace("./kasmix", "echo");
  const run = (words: readonly string[], environment: Readonly<Record<string, string>>) =>
    execFileSync("sh", ["-ec", script, "sh", ...words], {
      env: { ...process.env, ...environment },
      encoding: "utf8",
    }).trim();
  expect(run([], {})).toBe("push desktop");
  expect(run(["localhost:5000/desktop"], {})).toBe("push desktop localhost:5000/desktop");
  expect(run([], { REFERENCE: "localhost:5000/d:1" })).toBe("push desktop localhost:5000/d:1");
});
