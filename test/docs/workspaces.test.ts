import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { imageSize } from "image-size";
import { expect, test } from "vitest";
import { listWorkspaces } from "../../src/model/load.ts";
import { WIDTH } from "../helpers/to-webp.ts";

const ROOT = join(import.meta.dirname, "../..");

test("README.md and docs/use/workspaces.md name every workspace", async () => {
  const names = await listWorkspaces(ROOT);
  const page = readFileSync(join(ROOT, "docs/use/workspaces.md"), "utf8");
  expect([...page.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name).sort()).toEqual(names);
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

/** Most workspaces, not all: some cannot run where the pictures are taken. */
test("the pictures of the registry's page are small, of one size, and of workspaces that exist", async () => {
  const folder = join(ROOT, "registry/pictures");
  const files = readdirSync(folder);
  const names = (await listWorkspaces(ROOT)).map((name) => `${name}.webp`);
  expect(names).toEqual(expect.arrayContaining(files));
  const contents = files.map((file) => readFileSync(join(folder, file)));
  for (const [index, content] of contents.entries())
    expect([files[index], imageSize(content)]).toMatchObject([
      files[index],
      { type: "webp", width: WIDTH, height: 450 },
    ]);
  expect(contents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1_000_000);
});
