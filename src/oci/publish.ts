import { readFile } from "node:fs/promises";
import type { Image } from "../engine/image.ts";
import { type PlatformImage, readArchitectures, writeArchitectures } from "./architectures.ts";
import { openRegistry } from "./client.ts";
import { isLoopback, type PushOptions as PlainOptions, type PushResult, pushImage } from "./push.ts";
import type { Reference } from "./reference.ts";

/** A tag after a push. */
export interface Published extends PushResult {
  /** Architectures of the tag's images: this one's, and those of images that were pushed before. */
  readonly architectures: readonly string[];
  /** Digest of the index, if there are several images. */
  readonly index?: string;
}

export interface PublishOptions extends PlainOptions {
  /** Uses only skopeo, which supports more registries: the tag gets this image alone. @default false */
  readonly alone?: boolean;
}

/**
 * Pushes an image to a tag. Images for other architectures stay: the tag becomes an index of all, so that each machine gets
 * its own. Between the two steps the tag is this image alone.
 * @throws KasmixError as `pushImage` does
 */
export async function publishImage(
  image: Image,
  to: Reference,
  options: PublishOptions = {},
): Promise<Published> {
  const { signal, insecure = isLoopback(to.registry) } = options;
  const architecture = await architectureOf(image);
  if (options.alone) return { ...(await pushImage(image, to, options)), architectures: [architecture] };
  const client = openRegistry({ registry: to.registry, repository: to.repository, insecure, signal });
  const before = await readArchitectures(client, to.tag);
  const pushed = await pushImage(image, to, options);
  const others = before.filter((other) => other.architecture !== architecture);
  if (others.length === 0) return { ...pushed, architectures: [architecture] };
  const own = await readArchitectures(client, pushed.digest);
  const all = [...others, ...own];
  const index = await writeArchitectures(client, to.tag, all);
  return { ...pushed, architectures: all.map(nameOf).sort(), index };
}

/** The architecture of a built image. */
async function architectureOf({ config }: Image): Promise<string> {
  const { architecture }: { architecture: string } = JSON.parse(await readFile(config.file, "utf8"));
  return architecture;
}

function nameOf({ architecture }: PlatformImage): string {
  return architecture;
}
