import { createReadStream, createWriteStream } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { KasmixError } from "../model/error.ts";
import { type Image, type ImageLayer, REPAIR_STORE, unreadable } from "./image.ts";

export interface ArchiveOptions {
  /** Layers at the bottom to leave out because the receiver has them. @default 0 */
  readonly skip?: number;
  /** Names the receiver gives the image. @default none */
  readonly tags?: readonly string[];
  /** Called with the bytes of layers written so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Members of a tar archive are padded to whole blocks, and two empty blocks end it. */
const BLOCK = 512;

/** Bytes read at once. */
const CHUNK = 1 << 20;

/**
 * Writes the image as `docker load` reads it: manifest.json, the configuration, one tar a layer. Nothing is held
 * in memory; layers are read from the layout as fast as the receiver takes them. Gives the bytes written.
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
 * Writes the whole image to a file for `docker load < file`; the file appears only when it is complete. Throws E_USAGE
 * where it cannot be written, E_ENGINE where the image is damaged.
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

async function* archiveBytes(
  image: Image,
  { skip = 0, tags = [], onProgress }: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  yield* member("manifest.json", Buffer.from(renderManifest(image, tags)));
  yield* member(configName(image), await readFile(image.config.file));
  let before = 0;
  for (const layer of image.layers.slice(skip)) {
    yield renderHeader(layerName(layer), layer.size);
    yield* layerBytes(layer, (done) => onProgress?.(before + done));
    yield padding(layer.size);
    before += layer.size;
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** A layer's bytes. One more or less than promised would shift everything behind it, so that is an error. */
async function* layerBytes(layer: ImageLayer, onBytes: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0;
  try {
    for await (const chunk of createReadStream(layer.file, { highWaterMark: CHUNK })) {
      yield chunk;
      done += chunk.length;
      onBytes(done);
    }
  } catch (error) {
    throw unreadable(layer.file, error);
  }
  if (done === layer.size) return;
  throw new KasmixError("E_ENGINE", `${layer.file} has ${done} bytes instead of ${layer.size}.`, {
    fix: REPAIR_STORE,
  });
}

function* member(name: string, content: Buffer): Generator<Uint8Array> {
  yield renderHeader(name, content.length);
  yield content;
  yield padding(content.length);
}

/** A ustar header of a regular file that everyone may read, owned by root, from 1970: always the same bytes. */
function renderHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7) + octal(0, 7) + octal(0, 7) + octal(size, 11) + octal(0, 11), 100);
  header.write(" ".repeat(8), 148); // the checksum counts its own field as blanks
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)} `, 148);
  return header;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
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
