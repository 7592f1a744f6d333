import { type Image, sizeOf } from "../../engine/image.ts";
import { KasmixError } from "../../model/error.ts";
import type { Workspace } from "../../model/types.ts";
import type { Descriptor } from "../../oci/artifact.ts";
import type { Attached } from "../../oci/attach.ts";
import type { Published } from "../../oci/publish.ts";
import { parseReference, type Reference } from "../../oci/reference.ts";
import type { Context } from "../command.ts";
import type { OpenedImage } from "../steps.ts";
import { ownImages } from "./_own-images.ts";

export interface PushWorkspaceOptions {
  /** @default where registry/registry.json has the image, under every tag of this version */
  readonly reference?: Reference;
  readonly insecure: boolean;
  /** Whether bills of materials and provenance are attached. */
  readonly attest: boolean;
  readonly sign: boolean;
  readonly withoutVendor: boolean;
}

/** The result of a push. */
export interface PushedWorkspace {
  readonly workspace: string;
  /** Of the image's manifest in the registry. */
  readonly digest: string;
  /** Of the index, where the tags have images for other architectures too. */
  readonly index?: string;
  readonly architectures: readonly string[];
  readonly references: readonly string[];
  /** The attached attestations. */
  readonly attached: readonly Descriptor[];
}

/**
 * Pushes the image of a workspace's last build, attaches bills of materials and provenance, and signs it; without a
 * reference, the workspace's own image is noted for the Kasm registry.
 */
export async function pushWorkspace(
  context: Context,
  imageName: string,
  options: PushWorkspaceOptions,
): Promise<PushedWorkspace> {
  const { reference, attest, sign, withoutVendor } = options;
  const [{ openImage }, { installMissing }] = await Promise.all([
    import("../steps.ts"),
    import("../../engine/setup.ts"),
  ]);
  const { output, signal } = context;
  // Everything that can fail beforehand is checked before anything is sent.
  if (!reference) await requirePlace(context);
  if (sign) await (await import("../../oci/sign.ts")).requireCosign();
  const opened = await openImage(context, imageName, withoutVendor);
  const { name } = opened.workspace;
  const image = await findImage(context, opened, attest);
  const attestations = attest ? await readAttestations(context, opened, image) : undefined;
  const references = reference ? [reference] : (await ownImages(context, imageName)).map(parseReference);
  await installMissing(["skopeo"], { signal, onStep: (text) => output.step(text) });
  const insecure = options.insecure ? { insecure: true } : {};
  const results = await sendTo(context, image, references, { ...insecure, alone: !attest });
  const [[first], [target]] = [results, references];
  if (!first || !target) throw new KasmixError("E_INTERNAL", "There is no reference to push to.");
  const { digest, index, architectures } = first;
  const attached =
    attestations && (await attachAttestations(context, attestations, { target, digest, ...insecure }));
  if (sign) await signDigest(context, target, digest);
  // The list has one image for each workspace: not those of nixpkgs' packages or with KasmVNC.
  if (!reference && imageName === name)
    await note(context, opened.workspace, { ...first, references, image });
  return {
    ...{ workspace: imageName, digest, architectures },
    ...(index === undefined ? {} : { index }),
    references: results.map(({ reference }) => reference),
    attached: attached?.referrers ?? [],
  };
}

/** Throws E_MODEL while registry/registry.json has only an example of where images are. */
async function requirePlace({ root }: Context): Promise<void> {
  const [{ requireRealAddresses }, { readSettings }] = await Promise.all([
    import("../../registry/examples.ts"),
    import("../../registry/settings.ts"),
  ]);
  requireRealAddresses(await readSettings(root), ["images"]);
}

/** The image of the last build; what is attached to it has to be true of the checkout as it is now. */
async function findImage(
  { root, signal }: Context,
  { workspace, variant }: OpenedImage,
  attest: boolean,
): Promise<Image> {
  const [{ currentBuild, lastBuild }, { needsInputs }] = await Promise.all([
    import("../../engine/build.ts"),
    import("../../engine/variant.ts"),
  ]);
  const { name } = workspace;
  const last = await lastBuild(root, name, variant);
  if (last.image.store !== undefined) throw elsewhere(name);
  const { image } = attest
    ? await currentBuild(root, name, { ...variant, signal, inputs: needsInputs(workspace, variant) })
    : last;
  return image;
}

function elsewhere(name: string): KasmixError {
  return new KasmixError("E_MACHINE", "The image was built in a container, and push needs Nix here.", {
    fix: `Load it and let the engine push it: ./kasmix load ${name}, then docker tag and docker push. Or push where Nix is, such as in CI.`,
  });
}

async function sendTo(
  { output, signal }: Context,
  image: Image,
  references: readonly Reference[],
  options: { readonly insecure?: boolean; readonly alone: boolean },
): Promise<Published[]> {
  const [{ shortDigest }, { mebibytes }, { publishImage }] = await Promise.all([
    import("../steps.ts"),
    import("../../terminal/mebibytes.ts"),
    import("../../oci/publish.ts"),
  ]);
  const what = `${image.name} ${shortDigest(image.digest)}, ${mebibytes(sizeOf(image))} MiB`;
  const results: Published[] = [];
  for (const reference of references) {
    output.step(`Pushing ${what}, to ${reference.registry}/${reference.repository}:${reference.tag} ...`);
    const onLine = (line: string) => output.detail(line);
    results.push(await publishImage(image, reference, { signal, onLine, ...options }));
  }
  return results;
}

/** Bill of materials and origin of an image. */
type Attestations = Awaited<ReturnType<typeof readAttestations>>;

async function readAttestations(
  { root, signal }: Context,
  { workspace, asBuilt }: OpenedImage,
  image: Image,
) {
  const [{ readBill }, { readOrigin }] = await Promise.all([
    import("../../sbom/read.ts"),
    import("../../sbom/origin.ts"),
  ]);
  const { name: lock } = workspace;
  const bill = await readBill(root, { asBuilt, lock }, image);
  const { vendor, wheels } = bill;
  const pinned = { lock, vendor, wheels, inputs: image.sources.length > 0 };
  return { bill, origin: await readOrigin(root, pinned, signal) };
}

/** Attaches the attestations once: all tags name the same manifest. */
async function attachAttestations(
  { output, signal }: Context,
  { bill, origin }: Attestations,
  pushed: { readonly target: Reference; readonly digest: string; readonly insecure?: boolean },
): Promise<Attached> {
  const [{ openRegistry }, { attach }, { renderAttachments }, { isLoopback }] = await Promise.all([
    import("../../oci/client.ts"),
    import("../../oci/attach.ts"),
    import("../../sbom/attachments.ts"),
    import("../../oci/push.ts"),
  ]);
  const { registry, repository } = pushed.target;
  const { digest, insecure = isLoopback(registry) } = pushed;
  output.step("Attaching the bills of materials and the provenance ...");
  const client = openRegistry({ registry, repository, insecure, signal });
  const attachments = renderAttachments(bill, origin, { name: `${registry}/${repository}`, digest });
  const attached = await attach(client, digest, attachments);
  if (attached.tag)
    output.detail(`The registry does not support referrers: they are listed under the tag ${attached.tag}.`);
  return attached;
}

async function signDigest(
  { output, signal }: Context,
  { registry, repository }: Reference,
  digest: string,
): Promise<void> {
  const { signImage } = await import("../../oci/sign.ts");
  output.step("Signing ...");
  await signImage(`${registry}/${repository}@${digest}`, signal);
}

/** Notes for the Kasm registry what was pushed, with the icon if the image has it. */
async function note(
  { root }: Context,
  workspace: Workspace,
  pushed: Published & { readonly references: readonly Reference[]; readonly image: Image },
): Promise<void> {
  const { references, image, digest, index = digest } = pushed;
  const [{ keepIcon, noteImage }, { readImageFile }] = await Promise.all([
    import("../../registry/images.ts"),
    import("../../engine/image-file.ts"),
  ]);
  const [first] = references;
  const repository = `${first?.registry}/${first?.repository}`;
  const tags = references.map(({ tag }) => tag);
  const architectures = pushed.architectures.filter((name) => name === "amd64" || name === "arm64");
  const size = sizeOf(image);
  await noteImage(root, workspace.name, { repository, tags, digest: index, architectures, size });
  await keepIcon(root, workspace, (path) => readImageFile(image, path));
}
