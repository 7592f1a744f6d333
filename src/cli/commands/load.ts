import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const load = defineCommand({
  args: { workspace: WORKSPACE },
  examples: [{ command: "./kasmix load desktop", explanation: "load the image of the last build" }],
  async run(args, context) {
    const steps = await import("../steps.ts");
    await steps.requireWorkspace(context, args.workspace);
    const [{ detectEngine }, { lastBuild }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/build.ts"),
    ]);
    const { image } = await lastBuild(context.root, args.workspace);
    const engine = await detectEngine({ signal: context.signal });
    const result = await steps.load(context, engine, image);
    context.output.result({ workspace: args.workspace, engine: engine.kind, ...result }, result.image);
  },
});
