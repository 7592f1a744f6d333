import type { Engine } from "../../engine/detect.ts";
import type { Variant } from "../../engine/variant.ts";
import { type Context, defineCommand } from "../command.ts";
import {
  ADDRESS_ARGS,
  addressFrom,
  EXTRA_ARGS,
  extraExamples,
  extrasOf,
  IMPLIED,
  VENDOR_ARGS,
  WORKSPACE,
} from "./_arguments.ts";

export const run = defineCommand({
  args: {
    workspace: WORKSPACE,
    ...ADDRESS_ARGS,
    ...EXTRA_ARGS,
    ...VENDOR_ARGS,
    image: {
      type: "string",
      valueHint: "IMAGE",
      description: "An image in the engine, such as a pulled one (default: the last build's)",
    },
  },
  implied: IMPLIED,
  examples: [
    { command: "./kasmix run desktop", explanation: "start the image of the last build, or upgrade to it" },
    { command: "./kasmix run desktop --bind 0.0.0.0", explanation: "for other machines too" },
    ...extraExamples("run"),
    { command: "./kasmix run desktop --image kasmix/desktop:latest", explanation: "after ./kasmix pull" },
  ],
  async run(args, context) {
    const address = addressFrom(args);
    const { openImage } = await import("../steps.ts");
    const { workspace, variant, asBuilt } = await openImage(context, args.workspace, args["without-vendor"]);
    const extras = await extrasOf(context.argv, asBuilt, address);
    const [{ detectEngine }, { renderStarted, startWorkspace }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("./_start.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    const loaded = args.image
      ? await (await import("../../oci/pull.ts")).findImage(engine, workspace.name, args.image)
      : await lastBuilt(context, engine, workspace.name, variant);
    const started = await startWorkspace(context, engine, {
      workspace: asBuilt,
      ...loaded,
      ...{ ...address, extras },
    });
    context.output.result(started, renderStarted(started));
  },
});

/** The last build's image by the tag that names exactly it. */
async function lastBuilt({ root }: Context, engine: Engine, name: string, variant: Variant) {
  const [{ lastBuild }, { tagsOf }, { findStored }] = await Promise.all([
    import("../../engine/build.ts"),
    import("../../engine/image.ts"),
    import("../../engine/load.ts"),
  ]);
  const { image } = await lastBuild(root, name, variant);
  const id = (await findStored(engine, image)) ?? "";
  return { image: tagsOf(image)[1], digest: image.digest, id };
}
