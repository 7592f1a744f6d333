import { parseReference } from "../../oci/reference.ts";
import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const pull = defineCommand({
  args: {
    workspace: WORKSPACE,
    reference: { type: "positional", required: true, description: "HOST/NAME[:TAG] in an OCI registry" },
  },
  examples: [
    {
      command: "./kasmix pull desktop registry.example/team/desktop:1.0",
      explanation: "then: ./kasmix run desktop --image kasmix/desktop:latest",
    },
  ],
  async run(args, context) {
    const reference = parseReference(args.reference);
    const { requireWorkspace } = await import("../steps.ts");
    const workspace = await requireWorkspace(context, args.workspace);
    const [{ detectEngine }, { pullImage }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../oci/pull.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    context.output.step(`Pulling ${args.reference}`);
    const result = await pullImage(engine, workspace, reference, args.workspace);
    context.output.result({ workspace: args.workspace, ...result }, result.image);
  },
});
