import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { KasmixError } from "../model/error.ts";

/** An image on disk: an OCI layout as `nix build` gives it. */
export interface Image {
  /** Repository name: `kasmix/desktop`. */
  readonly name: string;
  /** The layout's folder. */
  readonly directory: string;
  /** Digest of the manifest: the image's identity everywhere. */
  readonly digest: string;
  /** Digest of the configuration: the image id that Docker and Podman show. */
  readonly config: ImageBlob;
  /** From the bottom up. Layers are not compressed, so a digest is also the layer's diff id. */
  readonly layers: readonly ImageLayer[];
}

export interface ImageBlob {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** The blob's file in the layout. */
  readonly file: string;
}

export interface ImageLayer extends ImageBlob {
  /** What is in it: packages, vendor or files. */
  readonly kind: string;
}

/** What image.json says. */
interface ImageDescription {
  readonly name: string;
  readonly digest: string;
  readonly config: string;
  readonly layers: readonly { readonly digest: string; readonly size: number; readonly kind: string }[];
}

/**
 * Reads an image's directory. Throws E_ENGINE when it is none: image.json is missing, or the configuration does not
 * have the digest it should have.
 */
export async function readImage(directory: string): Promise<Image> {
  const description = await readDescription(directory);
  const blob = (digest: string): string => path.join(directory, "blobs", ...digest.split(":"));
  const file = blob(description.config);
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
    digest: description.digest,
    config: { digest: description.config, size: config.length, file },
    layers: description.layers.map((layer) => ({ ...layer, file: blob(layer.digest) })),
  };
}

/** What to do where a blob is not what it was built as. */
export const REPAIR_STORE =
  "The store is damaged: nix-store --verify --check-contents --repair, then build again.";

/** What a blob that cannot be read means. */
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
    throw new KasmixError(
      "E_ENGINE",
      `${directory} holds no image that Kasmix built: image.json is not readable.`,
      {
        fix: "Build it: ./kasmix build WORKSPACE",
        cause,
      },
    );
  }
}
