import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { locate } from "../../src/model/_locate.ts";
import { KasmixError } from "../../src/model/error.ts";
import { listWorkspaces, loadWorkspace } from "../../src/model/load.ts";
import { makeProject } from "../helpers/project.ts";
import { TINY } from "./tiny.ts";

const MODULE = `export default ${JSON.stringify(TINY)};\n`;

/** The error of loading each. */
function failures(root: string, names: readonly string[]): Promise<unknown> {
  const load = (name: string) => loadWorkspace(root, name).catch((error: KasmixError) => error);
  const shown = async (name: string) => {
    const { code, message, faults } = (await load(name)) as KasmixError;
    return { code, message, faults };
  };
  return Promise.all(names.map(shown));
}

it("loads a workspace, and lists all", async () => {
  const root = makeProject({
    "workspaces/tiny/workspace.ts": MODULE,
    "workspaces/another/workspace.ts": MODULE,
    "workspaces/README.md": "",
    "workspaces/empty/x": "",
  });
  expect(await loadWorkspace(root, "tiny")).toEqual(TINY);
  expect(await listWorkspaces(root)).toEqual(["another", "tiny"]);
  expect(await listWorkspaces("/nowhere")).toEqual([]);
});

it("loads the workspaces of this repository without a fault", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  for (const name of await listWorkspaces(root)) expect((await loadWorkspace(root, name)).name).toBe(name);
});

it("answers an unknown name with the known ones and the nearest", async () => {
  const root = makeProject({ "workspaces/tiny/workspace.ts": MODULE });
  const error = await loadWorkspace(root, "tinny").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(KasmixError);
  expect(error).toMatchObject({
    code: "E_USAGE",
    message: 'there is no workspace "tinny"',
    fix: 'Did you mean "tiny"? There are: tiny.',
  });
  await expect(loadWorkspace(root, "../tiny")).rejects.toMatchObject({ code: "E_USAGE" });
});

it("tells a fault's place in the model and in the file", async () => {
  const source = `export default {\n  name: "tiny",\n  title: 5,\n  description: "x",\n  base: { distribution: "debian" },
  packages: [\n    "vim", // the editor\n    "V I",\n  ],\n};\n`;
  const root = makeProject({ "workspaces/tiny/workspace.ts": source });
  const error = await loadWorkspace(root, "tiny").catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "E_MODEL", message: "workspaces/tiny/workspace.ts has 2 faults" });
  expect((error as KasmixError).faults.map(({ path }) => path)).toEqual([
    "title (workspaces/tiny/workspace.ts:3)",
    "packages[1] (workspaces/tiny/workspace.ts:8)",
  ]);
});

it("tells the line of a syntax error, of a throw, and a missing import", async () => {
  const root = makeProject({
    "workspaces/syntax/workspace.ts": `export default {\n  name: "a"\n  title: "b",\n};\n`,
    "workspaces/throws/workspace.ts": `interface A {}\n\nthrow new Error("oh dear");\n`,
    "workspaces/missing/workspace.ts": `import "./nothing.ts";\n`,
    "workspaces/nothing/workspace.ts": `export const x = 1;\n`,
  });
  expect(await failures(root, ["syntax", "throws", "missing", "nothing"])).toMatchInlineSnapshot(`
    [
      {
        "code": "E_MODEL",
        "faults": [
          {
            "fix": "Correct the file.",
            "message": "Expected "}" but found "title"",
            "path": "workspaces/syntax/workspace.ts:3",
          },
        ],
        "message": "workspaces/syntax/workspace.ts cannot be read",
      },
      {
        "code": "E_MODEL",
        "faults": [
          {
            "fix": "Correct the file.",
            "message": "oh dear",
            "path": "workspaces/throws/workspace.ts:3",
          },
        ],
        "message": "workspaces/throws/workspace.ts cannot be read",
      },
      {
        "code": "E_MODEL",
        "faults": [
          {
            "fix": "Correct the file.",
            "message": "Could not resolve "./nothing.ts"",
            "path": "workspaces/missing/workspace.ts:1",
          },
        ],
        "message": "workspaces/missing/workspace.ts cannot be read",
      },
      {
        "code": "E_MODEL",
        "faults": [
          {
            "fix": "Write \`export default defineWorkspace({ … })\`.",
            "message": "expected an object, got undefined",
            "path": "workspace",
          },
        ],
        "message": "workspaces/nothing/workspace.ts has a fault",
      },
    ]
  `);
});

it("finds places past comments, strings and nested values, and the nearest around a missing one", () => {
  const source = `import { defineWorkspace } from "x";
/** { title: "no" } */
export default defineWorkspace({
  // title: 1,
  description: "a } tricky ] text, with title: 'x'",
  "environment": { A: \`\${1 + 1}}\`, "MY VAR": "" },
  title: "T", name: f({ title: [1, 2] }),
  apps: [
    { name: "a", /* } */ command: ["x", "{"] },
    {
      name: "b",
      command: [
        "y",
        "z",
      ],
    },
  ],
  files: [...common, { path: "/x" }],
});`;
  const lines = [
    "title",
    'environment["MY VAR"]',
    "apps[0].command[1]",
    "apps[1].command[1]",
    "apps[1].title",
    "files[1].path",
    "nothing",
    "workspace",
  ];
  expect(lines.map((path) => [path, locate(source, path)])).toEqual([
    ["title", 7],
    ['environment["MY VAR"]', 6],
    ["apps[0].command[1]", 9],
    ["apps[1].command[1]", 14],
    ["apps[1].title", 10],
    ["files[1].path", 18],
    ["nothing", 3],
    ["workspace", 3],
  ]);
  expect(locate("export const x = 1;", "title")).toBeUndefined();
});
