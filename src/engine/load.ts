import type { Writable } from "node:stream";
import { KasmixError } from "../model/error.ts";
import { type ArchiveOptions, type ReadLayers, writeArchive } from "./archive.ts";
import { type Engine, lastLine } from "./detect.ts";
import { type Image, sizeOf, tagsOf } from "./image.ts";
import { feedProcess } from "./process.ts";

/** The result of loading an image. */
export interface LoadResult {
  /** The tag that `run` uses: `kasmix/desktop:latest`. */
  readonly image: string;
  readonly digest: string;
  /** Its id in the engine. */
  readonly id: string;
  /** Layers that the engine already had. */
  readonly layersKept: number;
  readonly layersSent: number;
  /** Bytes written to the engine; 0 if it already had the image. */
  readonly bytesSent: number;
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** Bytes of layers sent so far, and how many there are to send. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Where the layers are read from. @default their files */
  readonly readLayers?: ReadLayers | undefined;
}

/** An image in the engine. */
interface StoredImage {
  readonly id: string;
  readonly layers: readonly string[];
}

/**
 * Loads an image into the engine, sending only the layers it lacks, checks that the engine has exactly this image, and only
 * then tags it. Throws E_ENGINE.
 */
export async function loadImage(
  engine: Engine,
  image: Image,
  options: LoadOptions = {},
): Promise<LoadResult> {
  const { kept, bytesSent } = await sendImage(engine, image, options);
  const id = await verify(engine, image);
  await Promise.all(tagsOf(image).map((tag) => engine.run(["tag", id, tag])));
  return {
    image: tagsOf(image)[0],
    digest: image.digest,
    id,
    layersKept: kept,
    layersSent: image.layers.length - kept,
    bytesSent,
  };
}

/** Sends what the engine lacks of an image, without a name. Throws E_ENGINE. */
export async function sendImage(
  engine: Engine,
  image: Image,
  options: LoadOptions,
): Promise<{ readonly kept: number; readonly bytesSent: number }> {
  const stored = await storedImages(engine);
  const present = stored.some((other) => isSame(other, image));
  const kept = present ? image.layers.length : commonLayers(image, stored);
  return { kept, bytesSent: present ? 0 : await send(engine, image, kept, options) };
}

/** How many layers, from the bottom up, one of the stored images has in the same order. */
export function commonLayers(
  image: Pick<Image, "layers">,
  stored: readonly Pick<StoredImage, "layers">[],
): number {
  const shared = stored.map(({ layers }) => {
    const end = image.layers.findIndex((layer, index) => layer.digest !== layers[index]);
    return end < 0 ? image.layers.length : end;
  });
  return Math.max(0, ...shared);
}

async function storedImages(engine: Engine): Promise<StoredImage[]> {
  const ids = [...new Set((await engine.run(["image", "ls", "--all", "--quiet", "--no-trunc"])).split("\n"))];
  const known = ids.filter((id) => id !== "");
  if (known.length === 0) return [];
  // An image removed between the two commands makes the second fail, but it still prints the others.
  const { stdout } = await engine.attempt(["image", "inspect", "--format", INSPECT_FORMAT, ...known]);
  return stdout.split("\n").filter(Boolean).map(parseStored);
}

const INSPECT_FORMAT = "{{.Id}} {{json .RootFS.Layers}}";

function parseStored(line: string): StoredImage {
  const space = line.indexOf(" ");
  const id = line.slice(0, space).replace(/^(sha256:)?/, "sha256:");
  const layers: readonly string[] | null = JSON.parse(line.slice(space + 1));
  return { id, layers: layers ?? [] };
}

/** Docker and Podman name an image by its configuration; Docker with containerd's store by its manifest. */
function isSame(stored: StoredImage, image: Image): boolean {
  return stored.id === image.config.digest || stored.id === image.digest;
}

/** Sends the missing layers; all of them if the engine refuses that. */
async function send(engine: Engine, image: Image, kept: number, options: LoadOptions): Promise<number> {
  if (engine.kind === "podman" && image.store === undefined && (await pullLayout(engine, image, options))) {
    return sizeOf({ layers: image.layers.slice(kept) });
  }
  const skip = engine.kind === "docker" ? kept : 0;
  try {
    return await pipeArchive(engine, image, skip, options);
  } catch (error) {
    if (skip === 0 || options.signal?.aborted) throw error;
    return await pipeArchive(engine, image, 0, options);
  }
}

/**
 * Podman reads a layout by itself and takes only the layers it lacks. It names the image after the folder; that name is
 * removed. It fails when the folder is not a valid name, or Podman runs on another machine.
 */
async function pullLayout(engine: Engine, image: Image, { signal }: LoadOptions): Promise<boolean> {
  const { ok } = await engine.attempt(["pull", "--quiet", `oci:${image.directory}`], { signal });
  if (ok) await engine.attempt(["untag", image.config.digest, `localhost${image.directory}:latest`]);
  return ok;
}

async function pipeArchive(
  engine: Engine,
  image: Image,
  skip: number,
  options: LoadOptions,
): Promise<number> {
  const { signal, onProgress, readLayers } = options;
  const total = sizeOf({ layers: image.layers.slice(skip) });
  const archive: ArchiveOptions = {
    ...{ skip, signal, readLayers },
    onProgress: (done) => onProgress?.(done, total),
  };
  const write = (stdin: Writable) => writeArchive(image, stdin, archive);
  const { outcome, written } = await feedProcess(engine.kind, ["load", "--quiet"], write, { signal });
  if (written.status === "rejected" && written.reason instanceof KasmixError) throw written.reason;
  if (!outcome.ok) {
    const reason = lastLine(outcome.stderr) || "it gave no reason";
    throw new KasmixError("E_ENGINE", `${engine.kind} rejected the image: ${reason}`, spaceFix(reason));
  }
  if (written.status === "rejected") throw written.reason;
  return written.value;
}

function spaceFix(reason: string): { fix?: string } {
  return /no space left/i.test(reason)
    ? { fix: "Free disk space: docker system prune removes unused images and containers." }
    : {};
}

/** The id of exactly this image in the engine; `undefined` if it is not there. */
export async function findStored(engine: Engine, image: Image): Promise<string | undefined> {
  for (const id of [image.config.digest, image.digest]) {
    const { ok, stdout } = await engine.attempt(["image", "inspect", "--format", INSPECT_FORMAT, id]);
    if (!ok) continue;
    const expected = image.layers.map((layer) => layer.digest).join();
    if (parseStored(stdout.trim()).layers.join() === expected) return id;
  }
  return undefined;
}

async function verify(engine: Engine, image: Image): Promise<string> {
  const id = await findStored(engine, image);
  if (id !== undefined) return id;
  throw new KasmixError(
    "E_ENGINE",
    `${engine.kind} accepted the image, but does not have ${image.config.digest} now.`,
    {
      fix: "Try ./kasmix load again. If that does not help, report it with the output of the engine's `version`.",
    },
  );
}
