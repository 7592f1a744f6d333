import { KasmixError } from "../../model/error.ts";
import { defineCommand } from "../command.ts";
import { VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const sbom = defineCommand({
  args: {
    workspace: WORKSPACE,
    format: {
      type: "string",
      valueHint: "FORMAT",
      default: "cyclonedx",
      description: "cyclonedx (1.6) or spdx (2.3), both as JSON",
    },
    ...VENDOR_ARGS,
  },
  examples: [
    { command: "./kasmix sbom desktop > desktop.cdx.json", explanation: "CycloneDX, for the last build" },
    { command: "./kasmix sbom desktop --format spdx", explanation: "SPDX" },
  ],
  async run(args, context) {
    const { BILL_FORMATS, isBillFormat } = await import("../../sbom/render.ts");
    const { format } = args;
    if (!isBillFormat(format)) {
      const fix = `The formats are: ${Object.keys(BILL_FORMATS).join(", ")}.`;
      throw new KasmixError("E_USAGE", `"${format}" is not a format of a bill of materials.`, { fix });
    }
    const [{ openImage }, { openBuilder, runInside }] = await Promise.all([
      import("../steps.ts"),
      import("../inside.ts"),
    ]);
    const { workspace, variant, asBuilt } = await openImage(context, args.workspace, args["without-vendor"]);
    const builder = await openBuilder(context);
    if (builder !== undefined) {
      const document = await runInside(context, builder, ["sbom", ...context.argv]);
      return context.output.result(document, JSON.stringify(document, null, 2));
    }
    const [{ currentBuild }, { needsInputs }, { readBill }] = await Promise.all([
      import("../../engine/build.ts"),
      import("../../engine/variant.ts"),
      import("../../sbom/read.ts"),
    ]);
    const { root, signal } = context;
    const inputs = needsInputs(workspace, variant);
    const { image } = await currentBuild(root, workspace.name, { ...variant, signal, inputs });
    const { subject, parts } = await readBill(root, { asBuilt, lock: workspace.name }, image);
    const document = BILL_FORMATS[format].render(subject, parts);
    context.output.result(document, JSON.stringify(document, null, 2));
  },
});
