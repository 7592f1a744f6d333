import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { lastBuild } from "../../../src/engine/build.ts";
import type { Image } from "../../../src/engine/image.ts";
import { loadWorkspace } from "../../../src/model/load.ts";
import { fleetOf, type ScaledImage, simulate, type Update, yearOf } from "./simulate.ts";

/**
 * Prints the tables of docs/scale.md from the images that this checkout has built last, those with vendor software
 * without it: node --import tsx test/bench/scale/main.ts [WORKSPACE...]
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const MIB = 1024 ** 2;
const sizes = new Map<string, number>();

const names = process.argv.slice(2);
const images: ScaledImage[] = [];
for (const name of names.length > 0 ? names : ["desktop", "chromium", "void", "signal"]) {
  const { vendor = {} } = await loadWorkspace(ROOT, name);
  const { image } = await lastBuild(ROOT, name, { withoutVendor: Object.keys(vendor).length > 0 });
  images.push({ name, layers: await layersOf(image) });
}
process.stdout.write(`${[layerTable(), nodeTable(), updateTable()].join("\n\n")}\n`);

async function layersOf({ layers }: Image): Promise<ScaledImage["layers"]> {
  const scaled = [];
  for (const [index, { digest, kind, file }] of layers.entries()) {
    if (!sizes.has(digest)) sizes.set(digest, await compressedSize(file));
    scaled.push({ digest, kind: index === 0 ? "core" : kind, size: sizes.get(digest) ?? 0 });
  }
  return scaled;
}

/** Bytes by `gzip -6`, as registries keep layers. */
async function compressedSize(file: string): Promise<number> {
  let size = 0;
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    createGzip({ level: 6 }),
    async (chunks) => {
      for await (const chunk of chunks as AsyncIterable<Buffer>) size += chunk.length;
    },
  );
  return size;
}

function layerTable(): string {
  const rows = images.flatMap(({ name, layers }) =>
    layers.map(({ digest, kind, size }) => [name, kind, digest.slice(7, 19), mib(size)]),
  );
  return table(["image", "layer", "digest", "compressed"], rows);
}

function nodeTable(): string {
  const rows = [1, 2, 4, 20, 100, 1000].map((count) => {
    const fleet = fleetOf(images, count);
    const first = simulate(fleet);
    const year = simulate(fleet, yearOf(fleet));
    return [count, gib(first.shared), gib(first.whole), gib(year.shared), gib(year.whole)];
  });
  return table(["workspaces", "first pull", "... unshared", "first year", "... unshared"], rows);
}

function updateTable(): string {
  const first = simulate(images);
  const updates: [string, Update][] = [
    ["Kasmix itself", { kind: "kasmix" }],
    ...images.map(({ name }): [string, Update] => [`packages of ${name}`, { kind: "packages", image: name }]),
    ["core", { kind: "core" }],
  ];
  const rows = updates.map(([name, update]) => {
    const { shared, whole } = simulate(images, [update]);
    return [name, mib(shared - first.shared), mib(whole - first.whole)];
  });
  return table(["update", "pulled", "... unshared"], rows);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(bytes < 10 * MIB ? 1 : 0)} MiB`;
}

function gib(bytes: number): string {
  return `${(bytes / MIB / 1024).toFixed(2)} GiB`;
}
