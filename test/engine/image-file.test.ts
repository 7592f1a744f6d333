import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readImage } from "../../src/engine/image.ts";
import { readImageFile } from "../../src/engine/image-file.ts";
import { makeProject } from "../helpers/project.ts";
import { makeLayout } from "./helpers/layout.ts";

it("reads a file from the highest layer that has it", async () => {
  const folder = await makeLayout({
    name: "kasmix/test",
    layers: [
      [
        { name: "./usr/icon.png", content: "old" },
        { name: "./usr/below.png", content: "below" },
      ],
      [{ name: "./usr/icon.png", content: "new" }],
    ],
  });
  onTestFinished(() => rm(folder, { recursive: true }));
  const image = await readImage(folder);
  expect(String(await readImageFile(image, "/usr/icon.png"))).toBe("new");
  expect(String(await readImageFile(image, "/usr/below.png"))).toBe("below");
  expect(await readImageFile(image, "/usr")).toBeUndefined();
  expect(await readImageFile(image, "/usr/none.png")).toBeUndefined();
});

it("names a layer that cannot be read", async () => {
  const file = join(makeProject({ cut: "x".repeat(700) }), "cut");
  const layers = [{ kind: "files", digest: "sha256:0", size: 1, file }];
  await expect(readImageFile({ layers }, "/usr/icon.png")).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringContaining(file),
  });
});
