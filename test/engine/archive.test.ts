import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeArchive, writeTarball } from "../../src/engine/archive.ts";
import { type Image, readImage, tagsOf } from "../../src/engine/image.ts";
import { runProcess } from "../../src/engine/process.ts";
import { makeLayout } from "./helpers/layout.ts";

let layout: string;
let image: Image;

beforeEach(async () => {
  layout = await makeLayout({
    name: "kasmix/tiny",
    layers: [[{ name: "bottom", content: Buffer.alloc(3_000_000, 1) }], [{ name: "top", content: "2" }]],
  });
  image = await readImage(layout);
});

afterEach(() => rm(layout, { recursive: true }));

it("reads name, digest and layers of an image that Nix built", () => {
  expect(image).toMatchObject({
    name: "kasmix/tiny",
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    layers: [
      { size: 3_001_856, kind: "files" },
      { size: 2048, kind: "files" },
    ],
  });
  expect(tagsOf(image)).toEqual(["kasmix/tiny:latest", `kasmix/tiny:${image.digest.slice(7, 19)}`]);
});

it("refuses a folder without an image, and one whose configuration was changed", async () => {
  await expect(readImage(tmpdir())).rejects.toMatchObject({ code: "E_ENGINE" });
  await writeFile(image.config.file, "{}");
  await expect(readImage(layout)).rejects.toThrow("instead of its name's");
});

/** After a whole build it was called a fault of Kasmix. */
it("says where an archive cannot be written", async () => {
  for (const file of [path.join(layout, "none", "image.tar"), path.join(layout, "blobs")]) {
    await expect(writeTarball(image, file)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining(`${file} cannot be written`),
    });
  }
  expect((await readdir(layout)).filter((name) => name.includes("partial"))).toEqual([]);
});

it("writes an archive that plain tar reads, with every layer as it is in the layout", async () => {
  const file = path.join(layout, "image.tar");
  const size = await writeTarball(image, file, { tags: tagsOf(image) });
  expect((await readFile(file)).length).toBe(size);
  const target = await mkdtemp(path.join(layout, "out-"));
  expect(await runProcess("tar", ["-xf", file, "-C", target])).toMatchObject({ ok: true, stderr: "" });
  const [manifest] = JSON.parse(await readFile(path.join(target, "manifest.json"), "utf8"));
  expect(manifest.RepoTags).toEqual(tagsOf(image));
  const digests = await Promise.all(
    manifest.Layers.map(async (name: string) => {
      const hex = createHash("sha256")
        .update(await readFile(path.join(target, name)))
        .digest("hex");
      return `sha256:${hex}`;
    }),
  );
  expect(digests).toEqual(image.layers.map((layer) => layer.digest));
});

it("writes the same bytes every time", async () => {
  const hash = async (): Promise<string> => {
    const sum = createHash("sha256");
    const target = new PassThrough();
    target.on("data", (chunk) => sum.update(chunk));
    await writeArchive(image, target);
    return sum.digest("hex");
  };
  expect(await hash()).toBe(await hash());
});

it("leaves out the layers that the receiver has, but names all of them", async () => {
  const file = path.join(layout, "image.tar");
  const size = await writeTarball(image, file, { skip: 1 });
  expect(size).toBeLessThan(10_000);
  const listed = await runProcess("tar", ["-tf", file]);
  expect(listed.stdout.split("\n")).toHaveLength(3);
});

it("reports its progress, up to the size of all layers", async () => {
  const seen: number[] = [];
  await writeTarball(image, path.join(layout, "image.tar"), { onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toBe(image.layers.reduce((sum, layer) => sum + layer.size, 0));
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

it("leaves neither a file nor a part of one when it is aborted or a layer is gone", async () => {
  const before = await readdir(layout);
  const file = path.join(layout, "image.tar");
  const controller = new AbortController();
  const aborted = writeTarball(image, file, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(aborted).rejects.toThrow();
  await rm(image.layers[1]?.file ?? "");
  await expect(writeTarball(image, file)).rejects.toMatchObject({
    code: "E_ENGINE",
    message: expect.stringContaining("ENOENT"),
  });
  expect(await readdir(layout)).toEqual(before);
});

it("fails when the receiver goes away, instead of waiting for it", async () => {
  const target = new Writable({ write: (_chunk, _encoding, done) => done(new Error("receiver is gone")) });
  await expect(writeArchive(image, target)).rejects.toThrow("receiver is gone");
});
