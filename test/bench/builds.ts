import { tagsOf } from "../../src/engine/image.ts";
import { type Change, measureDockerfileChange, measureKasmixChange } from "./change.ts";
import type { Context } from "./context.ts";
import { type DockerfileBuild, measureDockerfileBuilds } from "./dockerfile.ts";
import { type KasmixBuild, measureKasmixBuild } from "./kasmix-build.ts";
import { comparePackages, type ImageSize, measureSize, measureZstd } from "./size.ts";

/** The result of the builds, on both sides. */
export interface Builds {
  readonly kasmix: Omit<KasmixBuild, "checkout" | "image"> & {
    readonly size: ImageSize;
    /** MiB, each layer by `zstd -3`; absent where zstd is not installed. */
    readonly zstd?: number;
    readonly change: Change;
  };
  readonly dockerfile?: Baseline;
}

export interface Baseline {
  readonly plain: DockerfileBuild & { readonly size: ImageSize; readonly change: readonly number[] };
  /** With a base that leaves out documentation and translations as Kasmix does. */
  readonly slim: DockerfileBuild & { readonly size: ImageSize };
  /** Packages that only one of the two images has; none, if the comparison is fair. */
  readonly packageDifferences: readonly string[];
}

/** Builds the workspace from scratch, again, and with a change, and the same from a Dockerfile unless unwanted. */
export async function measureBuilds(context: Context, withDockerfile: boolean): Promise<Builds> {
  const { checkout, image, ...times } = await measureKasmixBuild(context);
  const [tag] = tagsOf(image);
  context.say(`Measuring ${tag}`);
  const size = await measureSize(context, tag);
  const layers = image.layers.map((layer) => layer.file);
  const zstd = await measureZstd(layers, context.signal);
  // Before the changes: they move the tag.
  const dockerfile = withDockerfile ? await measureBaseline(context, image) : undefined;
  const change = await measureKasmixChange(context, checkout);
  const kasmix = { ...times, size, ...(zstd === undefined ? {} : { zstd }), change };
  return dockerfile === undefined ? { kasmix } : { kasmix, dockerfile };
}

async function measureBaseline(context: Context, image: KasmixBuild["image"]): Promise<Baseline> {
  const { plain, slim } = await measureDockerfileBuilds(context, image);
  const packageDifferences = await comparePackages(context, tagsOf(image)[0], plain.tag);
  for (const difference of packageDifferences) context.say(`The packages differ, ${difference}`);
  context.say(`Measuring ${plain.tag} and ${slim.tag}`);
  const plainSize = await measureSize(context, plain.tag);
  const slimSize = await measureSize(context, slim.tag);
  const change = await measureDockerfileChange(context, plain);
  return {
    plain: { ...plain, size: plainSize, change },
    slim: { ...slim, size: slimSize },
    packageDifferences,
  };
}
