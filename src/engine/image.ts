import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { KasmixError } from "../model/error.ts";

/** An image on disk: an OCI layout as Nix builds it. */
export interface Image {
  /** Repository name: `kasmix/desktop`. */
  readonly name: string;
  /** The layout's folder. */
  readonly directory: string;
  /** Its path in the builder's store, where the layers are there and not on this machine. */
  readonly store?: string;
  /** Digest of the manifest: the image's identity everywhere. */
  readonly digest: string;
  /** Digest of the configuration: the image id that Docker and Podman show. */
  readonly config: ImageBlob;
  /** From the bottom up. Layers are not compressed, so a digest is also the layer's diff id. */
  readonly layers: readonly ImageLayer[];
  /** What programs of its closures were built from. */
  readonly sources: readonly ImageSource[];
}

/** Something that a program was built from. */
export interface ImageSource {
  readonly name: string;
  readonly version: string;
  /** The input of the flake that it comes from. */
  readonly input?: string;
  /** What one should know of it. */
  readonly note?: string;
}

export interface ImageBlob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** The blob's file in the layout. */
  readonly file: string;
}

export interface ImageLayer extends ImageBlob {
  /** Its content: packages, vendor, closure or files. */
  readonly kind: string;
  /** The store paths in a closure's layer. */
  readonly paths?: readonly string[];
}

/** The content of image.json. */
interface ImageDescription {
  readonly name: string;
  /** Added on a machine that has only this description of it. */
  readonly store?: string;
  readonly digest: string;
  readonly config: string;
  readonly layers: readonly Omit<ImageLayer, "file">[];
  readonly sources?: readonly ImageSource[];
}

/**
 * Reads an image's directory. Throws E_ENGINE if it is not an image: image.json is missing, or the configuration has the
 * wrong digest.
 */
export async function readImage(directory: string): Promise<Image> {
  const description = await readDescription(directory);
  const { store } = description;
  const file = blobOf(directory, description.config);
  const config = await readFile(file);
  const actual = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  if (actual !== description.config) {
    throw new KasmixError("E_ENGINE", `${file} has the digest ${actual} instead of its name's.`, {
      fix: REPAIR_STORE,
    });
  }
  return {
    name: description.name,
    directory,
    ...(store === undefined ? {} : { store }),
    digest: description.digest,
    config: { digest: description.config, size: config.length, file },
    layers: description.layers.map((layer) => ({
      ...layer,
      file: blobOf(store ?? directory, layer.digest),
    })),
    sources: description.sources ?? [],
  };
}

/** A blob's file in an image's directory. */
export function blobOf(directory: string, digest: string): string {
  return path.posix.join(directory, "blobs", ...digest.split(":"));
}

/** What to do about a damaged blob. */
export const REPAIR_STORE =
  "The store is damaged: nix-store --verify --check-contents --repair, then build again.";

/** The error for a blob that cannot be read. */
export function unreadable(file: string, cause: unknown): KasmixError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KasmixError("E_ENGINE", `${file} cannot be read: ${reason}`, { fix: REPAIR_STORE, cause });
}

/** Bytes of all layers together. */
export function sizeOf({ layers }: Pick<Image, "layers">): number {
  return layers.reduce((sum, layer) => sum + layer.size, 0);
}

/** The tags an image gets: `latest`, and one that names exactly this image. */
export function tagsOf(image: Pick<Image, "name" | "digest">): readonly [string, string] {
  return [`${image.name}:latest`, `${image.name}:${image.digest.slice("sha256:".length).slice(0, 12)}`];
}

async function readDescription(directory: string): Promise<ImageDescription> {
  try {
    return JSON.parse(await readFile(path.join(directory, "image.json"), "utf8"));
  } catch (cause) {
    throw new KasmixError("E_ENGINE", `${directory} is not an image of Kasmix: image.json cannot be read.`, {
      fix: "Build it: ./kasmix build WORKSPACE",
      cause,
    });
  }
}
