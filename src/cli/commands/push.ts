import { parseReference } from "../../oci/reference.ts";
import { defineCommand } from "../command.ts";
import { VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const push = defineCommand({
  args: {
    workspace: WORKSPACE,
    reference: {
      type: "positional",
      required: false,
      description:
        "HOST/NAME[:TAG] in an OCI registry (default: the place in registry/registry.json, with every tag of this version)",
    },
    insecure: {
      type: "boolean",
      description: "Accept plain HTTP and any certificate; the default for a registry on this machine",
    },
    attest: {
      type: "boolean",
      default: true,
      negativeDescription: "Do not attach bills of materials and provenance",
    },
    sign: { type: "boolean", description: "Sign its digest with cosign; COSIGN_KEY names the key" },
    ...VENDOR_ARGS,
  },
  examples: [
    {
      command: "./kasmix push desktop registry.example/team/desktop:1.0",
      explanation: "the image of the last build; sign in before: skopeo login registry.example",
    },
    { command: "./kasmix push desktop localhost:5000/desktop", explanation: "a registry on this machine" },
    {
      command: "./kasmix push desktop",
      explanation: "to the place in registry/registry.json; noted for ./kasmix registry build",
    },
  ],
  async run(args, context) {
    const reference = args.reference === undefined ? {} : { reference: parseReference(args.reference) };
    const { pushWorkspace } = await import("./_push.ts");
    const pushed = await pushWorkspace(context, args.workspace, {
      ...reference,
      insecure: args.insecure === true,
      attest: args.attest,
      sign: args.sign === true,
      withoutVendor: args["without-vendor"] === true,
    });
    const tagged = pushed.references.map((reference) => `${reference}@${pushed.index ?? pushed.digest}`);
    context.output.result(pushed, tagged.join("\n"));
  },
});
