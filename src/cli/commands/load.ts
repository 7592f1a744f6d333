import { defineCommand } from "../command.ts";
import { VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const load = defineCommand({
  args: { workspace: WORKSPACE, ...VENDOR_ARGS },
  examples: [{ command: "./kasmix load desktop", explanation: "load the image of the last build" }],
  async run(args, context) {
    const steps = await import("../steps.ts");
    const { workspace, variant } = await steps.nameImage(context, args.workspace, args["without-vendor"]);
    const [{ detectEngine }, { lastBuild }, loading] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/build.ts"),
      import("../loading.ts"),
    ]);
    const { image } = await lastBuild(context.root, workspace, variant);
    const engine = await detectEngine({ signal: context.signal });
    const result = await loading.load(context, engine, image);
    context.output.result({ workspace: args.workspace, engine: engine.kind, ...result }, result.image);
  },
});
