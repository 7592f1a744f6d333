import { parseReference } from "../../engine/reference.ts";
import { defineCommand } from "../command.ts";
import { VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const push = defineCommand({
  args: {
    workspace: WORKSPACE,
    reference: { type: "positional", required: true, description: "HOST/NAME[:TAG] in an OCI registry" },
    insecure: {
      type: "boolean",
      description: "Accept plain HTTP and certificates that nobody vouches for, as on this machine itself",
    },
    ...VENDOR_ARGS,
  },
  examples: [
    {
      command: "./kasmix push desktop registry.example/team/desktop:1.0",
      explanation: "the image of the last build; sign in before: skopeo login registry.example",
    },
    {
      command: "./kasmix push desktop localhost:5000/desktop",
      explanation: "a registry on this machine",
    },
  ],
  async run(args, context) {
    const reference = parseReference(args.reference);
    const steps = await import("../steps.ts");
    await steps.requireWorkspace(context, args.workspace);
    const variant = await steps.variantOf(context, args.workspace, args["without-vendor"]);
    const [{ pushImage }, { lastBuild }, { installMissing }] = await Promise.all([
      import("../../engine/push.ts"),
      import("../../engine/build.ts"),
      import("../../engine/setup.ts"),
    ]);
    const { output, signal } = context;
    const { image } = await lastBuild(context.root, args.workspace, variant);
    await installMissing(["skopeo"], { signal, onStep: (text) => output.step(text) });
    const size = image.layers.reduce((sum, layer) => sum + layer.size, 0);
    const what = `${image.name} ${steps.shortDigest(image.digest)}`;
    output.step(
      `Pushing ${what}: ${steps.mebibytes(size)} MiB, less what ${reference.registry} has, compressed ...`,
    );
    const onLine = (line: string) => output.detail(line);
    const insecure = args.insecure === true ? { insecure: true } : {};
    const result = await pushImage(image, reference, { signal, onLine, ...insecure });
    output.result({ workspace: args.workspace, ...result }, `${result.reference}@${result.digest}`);
  },
});
