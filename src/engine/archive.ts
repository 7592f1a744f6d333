import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { KasmixError } from "../model/error.ts";
import { type Image, type ImageLayer, REPAIR_STORE, unreadable } from "./image.ts";

export interface ArchiveOptions {
  /** Layers at the bottom to leave out because the receiver has them. @default 0 */
  readonly skip?: number;
  /** Names of the image for the receiver. @default none */
  readonly tags?: readonly string[];
  /** Called with the bytes of layers written so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where the layers are read from. @default their files */
  readonly readLayers?: ReadLayers | undefined;
}

/** Passes on the bytes of layers, one after the other. */
export type ReadLayers = (
  layers: readonly ImageLayer[],
  use: (layer: ImageLayer, bytes: Readable) => Promise<void>,
  signal?: AbortSignal,
) => Promise<void>;

/** Bytes read at once. */
const CHUNK = 1 << 20;

/**
 * Writes the image as `docker load` reads it: manifest.json, the configuration, and each layer
 * as a tar. Layers are streamed as fast as the receiver takes them. Returns the bytes written.
 */
export async function writeArchive(
  image: Image,
  target: Writable,
  options: ArchiveOptions = {},
): Promise<number> {
  const { signal } = options;
  let written = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of archiveBytes(image, options)) {
      written += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, target, signal === undefined ? {} : { signal });
  return written;
}

/**
 * Writes the whole image to a file for `docker load < file`; the file appears only when it is complete.
 * @throws KasmixError E_USAGE where it cannot be written, E_ENGINE where the image is damaged
 */
export async function writeTarball(
  image: Image,
  file: string,
  options: ArchiveOptions = {},
): Promise<number> {
  const partial = `${file}.partial-${process.pid}`;
  try {
    const size = await writeArchive(image, createWriteStream(partial, { flags: "wx" }), options);
    await rename(partial, file);
    return size;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof KasmixError || !(error instanceof Error)) throw error;
    throw new KasmixError("E_USAGE", `${file} cannot be written: ${error.message}`, { cause: error });
  } finally {
    await rm(partial, { force: true });
  }
}

async function* archiveBytes(image: Image, options: ArchiveOptions): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const filling = fill(archive, image, options).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  try {
    yield* archive as AsyncIterable<Uint8Array>;
  } finally {
    archive.destroy();
    await filling;
  }
}

async function fill(
  archive: Pack,
  image: Image,
  { skip = 0, tags = [], onProgress, signal, readLayers = readFiles }: ArchiveOptions,
) {
  archive.entry(headerOf("manifest.json"), renderManifest(image, tags));
  archive.entry(headerOf(configName(image)), await readFile(image.config.file));
  let done = 0;
  const add = async (layer: ImageLayer, bytes: Readable): Promise<void> => {
    const entry = archive.entry({ ...headerOf(layerName(layer)), size: layer.size });
    bytes.on("data", (chunk) => {
      done += chunk.length;
      onProgress?.(done);
    });
    bytes.on("error", (error) => archive.destroy(unreadable(layer.file, error)));
    await pipeline(bytes, entry);
  };
  await readLayers(image.layers.slice(skip), add, signal);
}

const readFiles: ReadLayers = async (layers, use) => {
  for (const layer of layers) {
    await requireSize(layer);
    await use(layer, createReadStream(layer.file, { highWaterMark: CHUNK }));
  }
};

/** Always the same bytes: a file that everyone may read, owned by root, from 1970. */
function headerOf(name: string): { name: string; mode: number; mtime: Date } {
  return { name, mode: 0o644, mtime: new Date(0) };
}

/** Throws where the layer is not there, or is damaged. */
async function requireSize({ file, size }: ImageLayer): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  if (found.size === size) return;
  throw new KasmixError("E_ENGINE", `${file} has ${found.size} bytes instead of ${size}.`, {
    fix: REPAIR_STORE,
  });
}

function renderManifest(image: Image, tags: readonly string[]): string {
  const layers = image.layers.map(layerName);
  const repoTags = tags.length === 0 ? null : tags;
  return JSON.stringify([{ Config: configName(image), RepoTags: repoTags, Layers: layers }]);
}

function configName(image: Image): string {
  return `${image.config.digest.slice("sha256:".length)}.json`;
}

function layerName(layer: ImageLayer): string {
  return `${layer.digest.slice("sha256:".length)}.tar`;
}
