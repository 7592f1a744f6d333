import type { Engine } from "../engine/detect.ts";
import type { Image } from "../engine/image.ts";
import type { EarlyLoad } from "../engine/load-early.ts";
import { mebibytes } from "../terminal/mebibytes.ts";
import type { Context } from "./command.ts";
import type { Progress } from "./progress.ts";
import { build, type OpenedImage } from "./steps.ts";

/** Builds an image and loads it; the engine gets the lowest layers while others are still being built. */
export async function buildAndLoad(
  context: Context,
  engine: Engine,
  opened: OpenedImage,
  options: { readonly frozen: boolean },
) {
  const { loadEarly } = await import("../engine/load-early.ts");
  let early: EarlyLoad | undefined;
  try {
    const { image } = await build(context, opened, {
      ...options,
      async onBuild(derivation) {
        early = await loadEarly(engine, derivation, context.signal);
      },
      onProgress: () => early?.look(),
    });
    return await load(context, engine, image, early);
  } finally {
    await early?.forget();
  }
}

/** Loads an image and prints how much of it was sent. */
export async function load(context: Context, engine: Engine, image: Image, early?: EarlyLoad) {
  const [{ loadImage }, { layerSource }] = await Promise.all([
    import("../engine/load.ts"),
    import("./inside.ts"),
  ]);
  const { output, signal } = context;
  const label = `Loading ${image.name} into ${engine.kind}`;
  let bar: Progress | undefined = early?.isBusy() ? output.progress(label) : undefined;
  const before = (await early?.finish()) ?? { layers: 0, bytes: 0 };
  const loaded = await loadImage(engine, image, {
    signal,
    readLayers: await layerSource(context, image),
    onProgress(done, total) {
      bar ??= output.progress(label);
      bar.update(done, total, `${mebibytes(done)} of ${mebibytes(total)} MiB`);
    },
  });
  const result = {
    ...loaded,
    layersKept: loaded.layersKept - before.layers,
    layersSent: loaded.layersSent + before.layers,
    bytesSent: loaded.bytesSent + before.bytes,
  };
  const layers = `${result.layersSent} of ${image.layers.length} layers sent, ${mebibytes(result.bytesSent)} MiB`;
  if (result.bytesSent === 0) output.step(`${image.name} is loaded already`);
  else if (bar === undefined) output.step(`Loaded ${image.name}: ${layers}`);
  else bar.end(`Loaded ${image.name}: ${layers}`);
  return result;
}
