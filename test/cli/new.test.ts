import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { validateWorkspace } from "../../src/model/validate.ts";
import { makeProject } from "../helpers/project.ts";
import { callKasmix } from "./kasmix.ts";

it("makes a workspace without faults", async () => {
  const root = makeProject({
    "src/model/define.ts": "export const defineWorkspace = (workspace) => workspace;",
  });
  const { exitCode, stdout } = await callKasmix(["new", "image-viewer"], { root });
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: "workspaces/image-viewer/workspace.ts",
  });
  const folder = join(root, "workspaces/image-viewer");
  const { default: workspace } = await import(join(folder, "workspace.ts"));
  expect(workspace).toMatchObject({ title: "Image Viewer", packages: ["image-viewer"] });
  expect(validateWorkspace(workspace, { folder, name: "image-viewer" })).toEqual([]);
});

it("refuses a name that no workspace may have, and one that is taken", async () => {
  const root = makeProject({ "workspaces/mail/workspace.ts": "mine" });
  for (const name of ["../up", "Mail", "9lives", "a".repeat(41)]) {
    const { exitCode, stderr } = await callKasmix(["new", name], { root });
    expect({ name, exitCode }).toEqual({ name, exitCode: 2 });
    expect(stderr).toContain(`"${name}" cannot be a workspace's name.`);
  }
  const { exitCode, stderr } = await callKasmix(["new", "mail"], { root });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("workspaces/mail exists already");
  expect(readFileSync(join(root, "workspaces/mail/workspace.ts"), "utf8")).toBe("mine");
});
