import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadWorkspace } from "../../src/model/load.ts";
import { makeProject } from "../helpers/project.ts";
import { PAGES, ROOT } from "./pages.ts";

it.each(examples())("the workspace that %s shows is valid", async (page, source) => {
  const name = /name: "([^"]+)"/.exec(source)?.[1] ?? "";
  const root = makeProject({});
  symlinkSync(join(ROOT, "src"), join(root, "src"));
  mkdirSync(join(root, "workspaces", name), { recursive: true });
  const head = source.includes("import ")
    ? ""
    : 'import { defineWorkspace } from "../../src/model/define.ts";\n';
  writeFileSync(join(root, "workspaces", name, "workspace.ts"), head + source);
  await expect(loadWorkspace(root, name), page).resolves.toMatchObject({ name });
});

/** Page and text of every whole workspace that a page shows. */
function examples(): [page: string, source: string][] {
  return PAGES.flatMap((page) =>
    [...readFileSync(join(ROOT, page), "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm)]
      .map(([, source = ""]): [string, string] => [page, source])
      .filter(([, source]) => source.includes("defineWorkspace({")),
  );
}
