import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { detectEngine } from "../../src/engine/detect.ts";
import { type Image, readImage } from "../../src/engine/image.ts";
import { loadImage } from "../../src/engine/load.ts";
import { loadEarly } from "../../src/engine/load-early.ts";
import { makeProject } from "../helpers/project.ts";
import { makeLayout } from "./helpers/layout.ts";

const signal = new AbortController().signal;
const docker = await detectEngine();

/** An image of three layers, and a derivation of it of which nothing is built yet. */
async function unbuilt(name: string) {
  const layers = ["a", "b", "c"].map((file) => [
    { name: file, content: `${file} of ${name} ${process.pid}` },
  ]);
  const layout = await makeLayout({ name: `kasmix/${name}`, layers });
  const image = await readImage(layout);
  const root = makeProject({});
  const folders = image.layers.map((_layer, index) => path.join(root, `layer-${index}`));
  await writeFile(path.join(root, "it.drv"), `Derive([],[],"","",[],[("layers","${folders.join(" ")}")])`);
  onTestFinished(async () => {
    await docker.attempt(["image", "rm", "--force", image.config.digest]);
    await rm(layout, { recursive: true });
  });
  const build = async (index: number): Promise<void> => {
    const { digest = "", size = 0, file = "" } = image.layers[index] ?? {};
    const folder = folders[index] ?? "";
    await mkdir(`${folder}.partial`);
    await cp(file, path.join(`${folder}.partial`, "layer.tar"));
    await writeFile(path.join(`${folder}.partial`, "size"), `${size}\n`);
    await writeFile(path.join(`${folder}.partial`, "digest"), `${digest.slice("sha256:".length)}\n`);
    await rename(`${folder}.partial`, folder);
  };
  return { image, derivation: path.join(root, "it.drv"), folders, build };
}

/** Ids of images that have this layer at the bottom. */
async function imagesOver(image: Image): Promise<string[]> {
  const ids = (await docker.run(["image", "ls", "--all", "--quiet", "--no-trunc"]))
    .split("\n")
    .filter(Boolean);
  const inspected = await docker.attempt(["image", "inspect", ...new Set(ids)]);
  const all: { readonly Id: string; readonly RootFS: { readonly Layers?: string[] } }[] = JSON.parse(
    inspected.stdout,
  );
  return all.filter(({ RootFS }) => RootFS.Layers?.[0] === image.layers[0]?.digest).map(({ Id }) => Id);
}

it.skipIf(docker.kind !== "docker")(
  "sends the lowest layers while others are built, and nothing of them stays",
  async () => {
    const { image, derivation, build } = await unbuilt("early");
    const early = await loadEarly(docker, derivation, signal);
    if (early === undefined) throw new Error("This engine keeps no layers.");
    early.look();
    expect(early.isBusy()).toBe(false);
    await build(2); // not without those below it
    early.look();
    expect(early.isBusy()).toBe(false);
    await build(0);
    early.look();
    expect(early.isBusy()).toBe(true);
    expect(await early.finish()).toMatchObject({ layers: 1 });
    expect(await imagesOver(image)).toHaveLength(1);
    expect(await loadImage(docker, image)).toMatchObject({ layersKept: 1, layersSent: 2 });
    await early.forget();
    expect(await imagesOver(image)).toEqual([image.config.digest]);
  },
);

it.skipIf(docker.kind !== "docker")("a build that fails leaves nothing in the engine", async () => {
  const { image, derivation, build } = await unbuilt("failed");
  const early = await loadEarly(docker, derivation, signal);
  await build(0);
  early?.look();
  await early?.finish();
  expect(await imagesOver(image)).toHaveLength(1);
  await early?.forget();
  expect(await imagesOver(image)).toEqual([]);
});

it.skipIf(docker.kind !== "docker")("a damaged layer is left to the load of the image", async () => {
  const { image, derivation, folders, build } = await unbuilt("damaged");
  const early = await loadEarly(docker, derivation, signal);
  await build(0);
  await writeFile(path.join(folders[0] ?? "", "layer.tar"), createHash("sha256").update("x").digest());
  early?.look();
  expect(await early?.finish()).toEqual({ layers: 0, bytes: 0 });
  expect(await loadImage(docker, image)).toMatchObject({ layersSent: 3 });
  await early?.forget();
  expect((await readFile(image.config.file)).length).toBe(image.config.size);
});

it.skipIf(docker.kind !== "docker")(
  "Ctrl-C ends the sending without an error of its own, and leaves nothing",
  async () => {
    const { image, derivation, build } = await unbuilt("aborted");
    const controller = new AbortController();
    const engine = await detectEngine({ signal: controller.signal });
    const early = await loadEarly(engine, derivation, controller.signal);
    await build(0);
    early?.look();
    controller.abort();
    expect(await early?.finish()).toEqual({ layers: 0, bytes: 0 });
    await early?.forget();
    expect(await imagesOver(image)).toEqual([]);
  },
);
