import type { Image } from "../../engine/image.ts";
import type { PushResult } from "../../engine/push.ts";
import { parseReference, type Reference } from "../../engine/reference.ts";
import type { Attached } from "../../oci/attach.ts";
import { type Context, defineCommand } from "../command.ts";
import { VENDOR_ARGS, WORKSPACE } from "./_arguments.ts";

export const push = defineCommand({
  args: {
    workspace: WORKSPACE,
    reference: {
      type: "positional",
      required: false,
      description:
        "HOST/NAME[:TAG] in an OCI registry (default: as registry/registry.json has it, under every tag of this version)",
    },
    insecure: {
      type: "boolean",
      description: "Accept plain HTTP and certificates that nobody vouches for, as on this machine itself",
    },
    attest: {
      type: "boolean",
      default: true,
      negativeDescription: "Attach neither bills of materials nor provenance",
    },
    sign: { type: "boolean", description: "Have cosign sign it by its digest; COSIGN_KEY names the key" },
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
      explanation: "where the Kasm registry says that it is; noted for ./kasmix registry build",
    },
  ],
  async run(args, context) {
    const given = args.reference === undefined ? undefined : parseReference(args.reference);
    const steps = await import("../steps.ts");
    const workspace = await steps.readWorkspace(context, args.workspace);
    const { name } = workspace;
    const variant = await steps.variantOf(context, args.workspace, args["without-vendor"]);
    const [{ currentBuild, lastBuild }, { needsInputs }, { installMissing }, { requireCosign }] =
      await Promise.all([
        import("../../engine/build.ts"),
        import("../../engine/variant.ts"),
        import("../../engine/setup.ts"),
        import("../../oci/sign.ts"),
      ]);
    const { root, output, signal } = context;
    // What can be refused is refused before anything is sent.
    if (args.sign) await requireCosign();
    const { image } = args.attest
      ? await currentBuild(root, name, { ...variant, signal, inputs: needsInputs(workspace, variant) })
      : await lastBuild(root, name, variant);
    const papers = args.attest ? await readPapers(context, name, image) : undefined;
    const references = given ? [given] : await ownReferences(context, args.workspace);
    await installMissing(["skopeo"], { signal, onStep: (text) => output.step(text) });
    const insecure = args.insecure === true ? { insecure: true } : {};
    const results = await sendTo(context, image, references, insecure);
    const [first] = results;
    const [target] = references;
    if (!first || !target) return;
    const attached =
      papers && (await attachPapers(context, papers, { target, digest: first.digest, ...insecure }));
    if (args.sign) await sign(context, target, first.digest);
    if (!given)
      await note(context, args.workspace, { references, size: sizeOf(image), digest: first.digest });
    const value = {
      workspace: args.workspace,
      ...first,
      references: results.map(({ reference }) => reference),
      attached: attached?.referrers ?? [],
    };
    output.result(value, results.map(({ reference, digest }) => `${reference}@${digest}`).join("\n"));
  },
});

async function sendTo(
  { output, signal }: Context,
  image: Image,
  references: readonly Reference[],
  insecure: { readonly insecure?: boolean },
): Promise<PushResult[]> {
  const [{ mebibytes, shortDigest }, { pushImage }] = await Promise.all([
    import("../steps.ts"),
    import("../../engine/push.ts"),
  ]);
  const what = `${image.name} ${shortDigest(image.digest)}, ${mebibytes(sizeOf(image))} MiB`;
  const results: PushResult[] = [];
  for (const reference of references) {
    output.step(`Pushing ${what}, to ${reference.registry}/${reference.repository}:${reference.tag} ...`);
    const onLine = (line: string) => output.detail(line);
    results.push(await pushImage(image, reference, { signal, onLine, ...insecure }));
  }
  return results;
}

function sizeOf({ layers }: Image): number {
  return layers.reduce((sum, layer) => sum + layer.size, 0);
}

/** Bill and origin of an image. */
type Papers = Awaited<ReturnType<typeof readPapers>>;

async function readPapers({ root, signal }: Context, workspace: string, image: Image) {
  const [{ readBill }, { readOrigin }] = await Promise.all([
    import("../../sbom/read.ts"),
    import("../../sbom/origin.ts"),
  ]);
  const bill = await readBill(root, workspace, image);
  return { bill, origin: await readOrigin(root, workspace, bill.vendor, signal) };
}

/** Attaches the papers to what was pushed: once, as all tags are of the same manifest. */
async function attachPapers(
  { output, signal }: Context,
  { bill, origin }: Papers,
  pushed: { readonly target: Reference; readonly digest: string; readonly insecure?: boolean },
): Promise<Attached> {
  const [{ openRegistry }, { attach }, { renderAttachments }, { isLoopback }] = await Promise.all([
    import("../../oci/client.ts"),
    import("../../oci/attach.ts"),
    import("../../sbom/attachments.ts"),
    import("../../engine/push.ts"),
  ]);
  const { registry, repository } = pushed.target;
  const { digest, insecure = isLoopback(registry) } = pushed;
  output.step("Attaching the bills of materials and the provenance ...");
  const client = openRegistry({ registry, repository, insecure, signal });
  const attachments = renderAttachments(bill, origin, { name: `${registry}/${repository}`, digest });
  const attached = await attach(client, digest, attachments);
  if (attached.tag) output.detail(`The registry keeps no referrers: they are under the tag ${attached.tag}.`);
  return attached;
}

async function sign(
  { output, signal }: Context,
  { registry, repository }: Reference,
  digest: string,
): Promise<void> {
  const { signImage } = await import("../../oci/sign.ts");
  output.step("Signing ...");
  await signImage(`${registry}/${repository}@${digest}`, signal);
}

/** Where registry.json has the workspace's image, under every tag of this version. */
async function ownReferences(context: Context, workspace: string): Promise<Reference[]> {
  const [{ readSettings }, { tagsOf }, { readVersion }] = await Promise.all([
    import("../../registry/settings.ts"),
    import("../../registry/tags.ts"),
    import("../version.ts"),
  ]);
  const { images } = await readSettings(context.root);
  const tags = tagsOf(await readVersion(context.root));
  return tags.map((tag) => parseReference(`${images.replace("{workspace}", workspace)}:${tag}`));
}

/** Tells the Kasm registry of what was pushed. */
async function note(
  { root }: Context,
  workspace: string,
  {
    references,
    size,
    digest,
  }: { readonly references: readonly Reference[]; readonly size: number; readonly digest: string },
): Promise<void> {
  const { noteImage } = await import("../../registry/images.ts");
  const [first] = references;
  const repository = `${first?.registry}/${first?.repository}`;
  const tags = references.map(({ tag }) => tag);
  await noteImage(root, workspace, { repository, tags, digest, architectures: ["amd64"], size });
}
