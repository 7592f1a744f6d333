import { defineCommand } from "../command.ts";
import { ADDRESS_ARGS, addressFrom, VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const run = defineCommand({
  args: { workspace: WORKSPACE, ...ADDRESS_ARGS, ...VENDOR_ARGS },
  examples: [
    { command: "./kasmix run desktop", explanation: "start the image of the last build, or upgrade to it" },
    { command: "./kasmix run desktop --bind 0.0.0.0", explanation: "for other machines too" },
  ],
  async run(args, context) {
    const address = addressFrom(args);
    const { named, readWorkspace, variantOf } = await import("../steps.ts");
    const workspace = await readWorkspace(context, args.workspace);
    const variant = await variantOf(context, args.workspace, args["without-vendor"]);
    const [{ detectEngine }, { lastBuild }, { tagsOf }, { renderStarted, startWorkspace }] =
      await Promise.all([
        import("../../engine/detect.ts"),
        import("../../engine/build.ts"),
        import("../../engine/image.ts"),
        import("./_start.ts"),
      ]);
    const engine = await detectEngine({ signal: context.signal });
    const { image } = await lastBuild(context.root, workspace.name, variant);
    const loaded = { image: tagsOf(image)[1], digest: image.digest };
    const started = await startWorkspace(context, engine, {
      workspace: named(workspace, variant),
      ...loaded,
      ...address,
    });
    context.output.result(started, renderStarted(started));
  },
});
