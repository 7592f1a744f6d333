import type { Builder } from "../builder/container.ts";
import type { ReadLayers } from "../engine/archive.ts";
import { type Image, readImage } from "../engine/image.ts";
import type { Variant } from "../engine/variant.ts";
import type { Workspace } from "../model/types.ts";
import type { Context } from "./command.ts";
import { generateFiles } from "./generate-files.ts";

/** Commands that run in the builder, on a machine without Nix: docs/internals/builder.md. */

/** The builder, made if it has to be. Undefined where this machine has what is needed, or Kasmix can install it. */
export async function openBuilder(
  context: Context,
  isNeeded?: () => boolean | Promise<boolean>,
): Promise<Builder | undefined> {
  const { needsBuilder } = await import("../builder/needed.ts");
  if (!(await (isNeeded ?? needsBuilder)())) return undefined;
  const [{ ensureBuilder }, { detectEngine }] = await Promise.all([
    import("../builder/image.ts"),
    import("../engine/detect.ts"),
  ]);
  const { output, signal } = context;
  const engine = await detectEngine({ signal });
  let bar: ReturnType<typeof output.progress> | undefined;
  const image = await ensureBuilder(engine, {
    signal,
    onStart: () => (bar = output.progress("Making the builder, a container with Nix")),
    onLine(line) {
      output.detail(line);
      bar?.update(0, 0, line.trim());
    },
  });
  bar?.end("Made the builder");
  return { engine, image };
}

/** Runs a command line in the builder and returns what it gives with --json. Throws what it throws. */
export async function runInside(
  { root, output, signal }: Context,
  builder: Builder,
  words: readonly string[],
): Promise<unknown> {
  const { callInside } = await import("../builder/call.ts");
  const flags = [...(output.verbose ? ["--verbose"] : []), ...(output.quiet ? ["--quiet"] : [])];
  return callInside(builder, root, [...words, ...flags], {
    signal,
    onLocks: (paths) => output.step(`Took over from the builder: ${paths.join(" ")}`),
  });
}

/** Builds an image in the builder, and keeps its description on this machine; its layers stay in the builder's store. */
export async function buildInside(
  context: Context,
  builder: Builder,
  workspace: Workspace,
  options: Variant & { readonly frozen: boolean },
): Promise<{ readonly image: Image; readonly path: string }> {
  const [{ takeDescription }, { describedFolder }] = await Promise.all([
    import("../builder/description.ts"),
    import("../engine/build.ts"),
  ]);
  const { suffix = "", withoutVendor = false, frozen } = options;
  const flags = [...(withoutVendor ? ["--without-vendor"] : []), ...(frozen ? ["--frozen"] : [])];
  const folder = describedFolder(context.root, workspace.name, options);
  // Here, so that they can be committed; inside they are found up to date.
  await generateFiles(context, workspace);
  const value = await runInside(context, builder, ["build", `${workspace.name}${suffix}`, ...flags]);
  await takeDescription(builder, (value as { readonly path: string }).path, folder, context.signal);
  return { image: await readImage(folder), path: folder };
}

/** Where an image's layers are read from; undefined for their files on this machine. */
export async function layerSource(context: Context, { store }: Image): Promise<ReadLayers | undefined> {
  if (store === undefined) return undefined;
  const { readLayers } = await import("../builder/layers.ts");
  const builder = await openBuilder(context, () => true);
  if (builder === undefined) return undefined;
  return (layers, use, signal) => readLayers(builder, layers, use, signal);
}
