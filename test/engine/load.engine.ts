import { appendFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeTarball } from "../../src/engine/archive.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { type Image, readImage, tagsOf } from "../../src/engine/image.ts";
import { loadImage } from "../../src/engine/load.ts";
import { runProcess } from "../../src/engine/process.ts";
import { type LayerFile, makeLayout } from "./helpers/layout.ts";

const NAME = `kasmix/test-load-${process.pid}`;
const BIG = 40_000_000;

let engine: Engine;
const layouts: string[] = [];
const configs: string[] = [];

beforeAll(async () => {
  engine = await detectEngine();
});

afterAll(async () => {
  await removeImages();
  await Promise.all(layouts.map((layout) => rm(layout, { recursive: true })));
});

async function removeImages(): Promise<void> {
  const tagged = await engine.run(["image", "ls", "--quiet", "--no-trunc", "--filter", `reference=${NAME}`]);
  const ids = new Set([...tagged.split("\n").filter(Boolean), ...configs]);
  for (const id of ids) await engine.attempt(["image", "rm", "--force", id]);
}

/** An image with a big layer at the bottom and a small one on top. */
async function imageWithTop(top: string): Promise<{ image: Image; layout: string }> {
  const layers: LayerFile[][] = [
    [{ name: "big", content: Buffer.alloc(BIG, NAME) }],
    [{ name: "top", content: top }],
  ];
  const layout = await makeLayout({ name: NAME, layers, config: { Cmd: ["/top"] } });
  layouts.push(layout);
  const image = await readImage(layout);
  configs.push(image.config.digest);
  return { image, layout };
}

async function idOf(tag: string): Promise<string> {
  const { stdout } = await engine.attempt(["image", "inspect", "--format", "{{.Id}}", tag]);
  return stdout.trim().replace(/^(sha256:)?/, "sha256:");
}

it("sends a new image completely, and gives it both tags", async () => {
  const { image } = await imageWithTop("first");
  const result = await loadImage(engine, image);
  expect(result).toMatchObject({ image: `${NAME}:latest`, layersSent: 2, layersKept: 0 });
  expect(result.bytesSent).toBeGreaterThan(BIG);
  for (const tag of tagsOf(image)) expect(await idOf(tag)).toBe(image.config.digest);
});

it("sends nothing when the engine has the image", async () => {
  const { image } = await imageWithTop("first");
  expect(await loadImage(engine, image)).toMatchObject({ bytesSent: 0, layersSent: 0, layersKept: 2 });
});

it("sends only the changed layer, and the image is complete", async () => {
  const { image } = await imageWithTop("second");
  const progress: number[] = [];
  const result = await loadImage(engine, image, { onProgress: (_done, total) => progress.push(total) });
  expect(result).toMatchObject({ layersSent: 1, layersKept: 1 });
  expect(result.bytesSent).toBeLessThan(20_000);
  expect(progress.every((total) => total < 20_000)).toBe(true);
  expect(await idOf(`${NAME}:latest`)).toBe(image.config.digest);
  const saved = await runProcess("sh", [
    "-c",
    `c=$(${engine.kind} create ${NAME}:latest) && ${engine.kind} export $c | tar -tv; ${engine.kind} rm $c >/dev/null`,
  ]);
  expect(saved.stdout).toMatch(new RegExp(`${BIG} .* big`));
  expect(saved.stdout).toMatch(/6 .* top/);
});

it("refuses a damaged layer and leaves the tags where they were", async () => {
  const before = await idOf(`${NAME}:latest`);
  const { image } = await imageWithTop("third");
  const file = image.layers[1]?.file ?? "";
  const bytes = await readFile(file);
  bytes[512] = 0x58;
  await writeFile(file, bytes);
  await expect(loadImage(engine, image)).rejects.toMatchObject({ code: "E_ENGINE" });
  expect(await idOf(`${NAME}:latest`)).toBe(before);
});

it.each([
  { what: "longer", change: (file: string) => appendFile(file, Buffer.alloc(512)) },
  { what: "shorter", change: (file: string) => truncate(file, 512) },
])("refuses a layer that is $what than its descriptor says, and tags nothing", async ({ what, change }) => {
  const { image } = await imageWithTop(what);
  await change(image.layers[1]?.file ?? "");
  await expect(loadImage(engine, image)).rejects.toThrow("bytes instead of");
  expect((await engine.attempt(["image", "inspect", tagsOf(image)[1]])).ok).toBe(false);
});

it("stops in the middle and leaves nothing in the engine", async () => {
  const { image } = await imageWithTop("fifth");
  await removeImages();
  const controller = new AbortController();
  const loading = loadImage(engine, image, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  if (engine.kind === "podman") controller.abort(); // it reads the layout by itself and reports no progress
  await expect(loading).rejects.toThrow();
  expect((await engine.attempt(["image", "inspect", image.config.digest])).ok).toBe(false);
});

it("writes a tarball that plain `load` reads from its stdin", async () => {
  const { image, layout } = await imageWithTop("sixth");
  const file = path.join(layout, "image.tar");
  await writeTarball(image, file, { tags: tagsOf(image) });
  const loaded = await runProcess("sh", ["-c", `${engine.kind} load < "$0"`, file]);
  expect(loaded.ok).toBe(true);
  for (const tag of tagsOf(image)) expect(await idOf(tag)).toBe(image.config.digest);
});
