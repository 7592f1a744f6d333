import type { Locks } from "../debian/format.ts";
import { buildImage } from "../engine/build.ts";
import type { Engine } from "../engine/detect.ts";
import type { Image } from "../engine/image.ts";
import { NIX_ENVIRONMENT } from "../engine/nix.ts";
import { chooseVariant, isOfDebian, needsInputs, splitName, type Variant } from "../engine/variant.ts";
import type { Workspace } from "../model/types.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import type { Context } from "./command.ts";
import { fetchEverything } from "./fetching.ts";
import { generateFiles } from "./generate-files.ts";
import type { Progress } from "./progress.ts";

/** The steps that commands consist of. */

export interface BuildStepOptions extends Variant {
  /**
   * Fail when a locked package has left the mirrors, instead of taking its newest version, and when a wheel cannot be had,
   * instead of building without it. @default false
   */
  readonly frozen?: boolean;
  /** Called with the derivation that is going to be built, if any. */
  readonly onBuild?: (derivation: string) => Promise<void>;
  /** Called whenever something has been built. */
  readonly onProgress?: () => void;
}

/** An image, and the duration of all build steps together. */
export interface BuiltImage {
  readonly image: Image;
  readonly path: string;
  readonly seconds: number;
}

/** One of a workspace's images, and the workspace that it is built from. */
export interface OpenedImage {
  readonly workspace: Workspace;
  readonly variant: Variant;
  /** The workspace as this image has it: with the image's name, which its container and volumes have too. */
  readonly asBuilt: Workspace;
}

/**
 * Finds the image that a name and a flag ask for, such as `desktop` or `desktop-kasmvnc`, and reads its workspace, once
 * for the whole command. For a workspace without vendor software the flag changes nothing.
 * @throws KasmixError E_USAGE for an unknown name, E_MODEL with all faults of the workspace
 */
export async function openImage(
  { root }: Context,
  name: string,
  withoutVendor = false,
): Promise<OpenedImage> {
  const { listWorkspaces, loadWorkspace } = await import("../model/load.ts");
  const found = splitName(name, await listWorkspaces(root));
  const workspace = await loadWorkspace(root, found.workspace);
  const variant = chooseVariant(workspace, found.suffix, withoutVendor);
  return { workspace, variant, asBuilt: named(workspace, variant) };
}

/**
 * The name of the workspace that an image's name belongs to, and the image's variant. A faulty workspace.ts does not
 * matter where the name alone decides.
 * @throws KasmixError E_USAGE for an unknown name, or an image that the workspace does not have
 */
export async function nameImage(
  context: Context,
  name: string,
  withoutVendor = false,
): Promise<{ readonly workspace: string; readonly variant: Variant }> {
  const workspace = await requireWorkspace(context, name);
  if (name === workspace && !withoutVendor) return { workspace, variant: {} };
  return { workspace, variant: (await openImage(context, name, withoutVendor)).variant };
}

/** The name of the workspace that an image's name belongs to. Throws E_USAGE for one that does not exist. */
export async function requireWorkspace({ root }: Context, name: string): Promise<string> {
  const { listWorkspaces, loadWorkspace } = await import("../model/load.ts");
  const known = await listWorkspaces(root);
  const { workspace } = splitName(name, known);
  // It throws, and suggests a name.
  if (!known.includes(workspace)) await loadWorkspace(root, workspace);
  return workspace;
}

function named(workspace: Workspace, { suffix = "" }: Variant): Workspace {
  const name = `${workspace.name}${suffix}`;
  if (!suffix.startsWith("-kasmvnc")) return { ...workspace, name };
  const from = suffix === "-kasmvnc-release" ? "release" : "source";
  return { ...workspace, name, display: { ...workspace.display, server: "kasmvnc", from } };
}

/**
 * Installs and starts what is missing on this machine, silently if nothing is. Any engine that answers is enough, unless
 * one is named.
 */
export async function setUpMachine(
  { output, signal }: Context,
  options: { readonly engine?: Engine["kind"]; readonly nix?: boolean } = {},
): Promise<void> {
  const { diagnoseQuickly } = await import("../engine/doctor.ts");
  const checks = await diagnoseQuickly({ ...options, signal });
  if (checks.every((check) => check.state === "ok")) return;
  const { setUp } = await import("../engine/setup.ts");
  await setUp(checks, { signal, onStep: (text) => output.step(text) });
}

/** Brings generated files up to date, fetches the packages where that is needed, and builds the image. */
export async function build(
  context: Context,
  { workspace, variant }: OpenedImage,
  given: Omit<BuildStepOptions, keyof Variant> = {},
): Promise<BuiltImage> {
  const begin = performance.now();
  const options = { ...given, ...variant };
  const { buildInside, openBuilder } = await import("./inside.ts");
  const builder = await openBuilder(context);
  const built =
    builder === undefined
      ? await buildHere(context, workspace, options)
      : await buildInside(context, builder, workspace, { ...variant, frozen: given.frozen === true });
  return { ...built, seconds: (performance.now() - begin) / 1000 };
}

async function buildHere(context: Context, workspace: Workspace, options: BuildStepOptions) {
  const locks = await readFittingLocks(context, workspace, options);
  await generateFiles(context, workspace);
  return runBuild(context, workspace, locks, options);
}

/**
 * The locks that an image is built from: the builders', and Debian's packages where it has them. Throws E_MODEL for
 * damaged locks, and for locks that do not fit the packages of the workspace.
 */
async function readFittingLocks(
  { root }: Context,
  workspace: Workspace,
  variant: Variant,
): Promise<Locks | Pick<Locks, "tools">> {
  const [{ NATIVE }, { readLock, readLocks }, { refuseStaleLocks }] = await Promise.all([
    import("../debian/format.ts"),
    import("../debian/read.ts"),
    import("../debian/packages.ts"),
  ]);
  if (!isOfDebian(workspace, variant)) return { tools: await readLock(root, "tools", NATIVE) };
  const locks = await readLocks(root, workspace.name, NATIVE);
  refuseStaleLocks(workspace, locks);
  return locks;
}

async function runBuild(
  context: Context,
  workspace: Workspace,
  locks: Locks | Pick<Locks, "tools">,
  options: BuildStepOptions,
) {
  const { root, output, signal } = context;
  const hasVendor = !options.withoutVendor && isOfDebian(workspace, options);
  const vendor = hasVendor ? await filesOfVendors(named(workspace, options)) : [];
  let bar: Progress | undefined;
  const built = await buildImage(root, workspace.name, {
    signal,
    vendor,
    inputs: needsInputs(workspace, options),
    ...options,
    async prepare(derivation) {
      const { lacksPinned } = await import("../engine/derivations.ts");
      const omission = (await lacksPinned(derivation, { signal, environment: NIX_ENVIRONMENT }))
        ? await fetchEverything(context, workspace, { locks, vendor }, derivation, options)
        : {};
      bar = output.progress(`Building ${named(workspace, options).name}`);
      return omission;
    },
    onLine: (line) => output.detail(line),
    onProgress(done, total, current) {
      bar?.update(done, total, current);
      options.onProgress?.();
    },
  });
  const name = `${built.image.name} ${shortDigest(built.image.digest)}`;
  const said = built.unchanged ? `${name} is up to date` : `Built ${name}`;
  if (bar === undefined) output.step(said);
  else bar.end(said);
  return built;
}

async function filesOfVendors(workspace: Workspace): Promise<VendorFile[]> {
  const [{ vendorFiles }, { resolveWorkspace }] = await Promise.all([
    import("../vendor-files/file.ts"),
    import("../model/resolve.ts"),
  ]);
  return vendorFiles(resolveWorkspace(workspace));
}

/** The first twelve hex digits, as in the image's second tag. */
export function shortDigest(digest: string): string {
  return digest.replace("sha256:", "").slice(0, 12);
}
