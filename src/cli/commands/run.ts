import { type Context, defineCommand } from "../command.ts";
import { ADDRESS_ARGS, addressFrom, VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const run = defineCommand({
  args: {
    workspace: WORKSPACE,
    ...ADDRESS_ARGS,
    ...VENDOR_ARGS,
    image: {
      type: "string",
      valueHint: "IMAGE",
      description: "An image that the engine has, such as one that was pulled (default: the last build's)",
    },
  },
  examples: [
    { command: "./kasmix run desktop", explanation: "start the image of the last build, or upgrade to it" },
    { command: "./kasmix run desktop --bind 0.0.0.0", explanation: "for other machines too" },
    { command: "./kasmix run desktop --image kasmix/desktop:latest", explanation: "after ./kasmix pull" },
  ],
  async run(args, context) {
    const address = addressFrom(args);
    const { readWorkspace } = await import("../steps.ts");
    const workspace = await readWorkspace(context, args.workspace);
    const [{ detectEngine }, { renderStarted, startWorkspace }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("./_start.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    const loaded = args.image
      ? await (await import("../../engine/pull.ts")).findImage(engine, workspace.name, args.image)
      : await lastBuilt(context, workspace.name, args["without-vendor"]);
    const started = await startWorkspace(context, engine, { workspace, ...loaded, ...address });
    context.output.result(started, renderStarted(started));
  },
});

/** The last build's image by the tag that names exactly it. */
async function lastBuilt(context: Context, name: string, withoutVendor: boolean | undefined) {
  const [{ variantOf }, { lastBuild }, { tagsOf }] = await Promise.all([
    import("../steps.ts"),
    import("../../engine/build.ts"),
    import("../../engine/image.ts"),
  ]);
  const variant = await variantOf(context, name, withoutVendor);
  const { image } = await lastBuild(context.root, name, variant);
  return { image: tagsOf(image)[1], digest: image.digest };
}
