import type { Locks } from "../debian/format.ts";
import { buildImage, type Omission } from "../engine/build.ts";
import type { Engine } from "../engine/detect.ts";
import type { Image } from "../engine/image.ts";
import { chooseVariant, isOfDebian, needsInputs, splitName, type Variant } from "../engine/variant.ts";
import { KasmixError } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import type { Context } from "./command.ts";
import type { Progress } from "./progress.ts";

/** The steps that commands consist of; `up` is all of them in a row. */

export interface BuildStepOptions extends Variant {
  /**
   * Fail when a locked package has left the mirrors, instead of taking its newest version, and when a wheel cannot be had,
   * instead of building without it. @default false
   */
  readonly frozen?: boolean;
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
  options: { readonly engine?: Engine["kind"] } = {},
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
  { frozen = false }: { readonly frozen?: boolean } = {},
): Promise<BuiltImage> {
  const begin = performance.now();
  const options = { ...variant, frozen };
  const locks = await readFittingLocks(context, workspace, options);
  await generateFiles(context, workspace);
  const built = await runBuild(context, workspace, locks, options);
  return { ...built, seconds: (performance.now() - begin) / 1000 };
}

/** Brings a workspace's generated files up to date. */
export async function generateFiles({ root, output }: Context, workspace: Workspace): Promise<void> {
  const { generate } = await import("../generate/generate.ts");
  const files = await generate(root, [workspace], { check: false });
  for (const { path, state } of files) if (state !== "unchanged") output.step(`Generated ${path}: ${state}`);
}

/** Loads an image and prints how much of it was sent. */
export async function load(context: Context, engine: Engine, image: Image) {
  const { loadImage } = await import("../engine/load.ts");
  const { output, signal } = context;
  const label = `Loading ${image.name} into ${engine.kind}`;
  let bar: Progress | undefined;
  const result = await loadImage(engine, image, {
    signal,
    onProgress(done, total) {
      bar ??= output.progress(label);
      bar.update(done, total, `${mebibytes(done)} of ${mebibytes(total)} MiB`);
    },
  });
  const layers = `${result.layersSent} of ${image.layers.length} layers sent, ${mebibytes(result.bytesSent)} MiB`;
  if (bar === undefined) output.step(`${image.name} is loaded already`);
  else bar.end(`Loaded ${image.name}: ${layers}`);
  return result;
}

/** Bytes as whole MiB. */
export function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(bytes < 1024 ** 2 ? 2 : 0);
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
  const [{ readLock, readLocks }, { refuseStaleLocks }] = await Promise.all([
    import("../debian/read.ts"),
    import("../debian/packages.ts"),
  ]);
  if (!isOfDebian(workspace, variant)) return { tools: await readLock(root, "tools") };
  const locks = await readLocks(root, workspace.name);
  refuseStaleLocks(workspace, locks);
  return locks;
}

/** Puts all downloads of the build into the Nix store beforehand: faster, and from this machine's mirrors. */
async function fetchEverything(
  context: Context,
  workspace: Workspace,
  { locks, vendor }: { readonly locks: Locks | Pick<Locks, "tools">; readonly vendor: readonly VendorFile[] },
  derivation: string,
  options: BuildStepOptions,
): Promise<Omission> {
  // First, since these are the most likely to fail.
  await fetchVendor(context, derivation, vendor);
  const omission = await fetchWheels(context, workspace, derivation, options);
  await fetchPackages(context, workspace, locks, options);
  await fetchNpm(context, derivation);
  return omission;
}

async function fetchNpm({ output, signal }: Context, derivation: string): Promise<void> {
  const { prefetchNpm } = await import("../engine/npm.ts");
  let bar: Progress | undefined;
  await prefetchNpm(derivation, {
    signal,
    onProgress(done, total) {
      bar ??= output.progress("Fetching npm packages");
      bar.update(done, total, `${done} of ${total}`);
    },
    onProblem: (text) => output.detail(text),
  });
  bar?.end("Fetched npm packages");
}

/** Fetches the wheels. Those that cannot be had are left out of the image, unless everything has to be as it is pinned. */
async function fetchWheels(
  { output, signal }: Context,
  { name }: Workspace,
  derivation: string,
  { frozen = false }: BuildStepOptions,
): Promise<Omission> {
  const { prefetchWheels } = await import("../wheels/prefetch.ts");
  const lost = await prefetchWheels(name, derivation, {
    signal,
    onFound: (path) => output.step(`Took ${path}`),
    onStep: (text) => output.step(text),
    onWheel: (spec) => output.step(`Fetching ${spec}`),
  });
  if (lost.length === 0) return {};
  const { lostWheelsError, renderLostWheels } = await import("../wheels/lost.ts");
  if (frozen) throw lostWheelsError(lost);
  output.warn(renderLostWheels(lost, name));
  for (const reason of lost.flatMap(({ reasons }) => reasons)) output.detail(reason);
  return { withoutWheels: true };
}

/** Downloads vendor software; shows a bar only when something is missing. */
async function fetchVendor(
  { output, signal }: Context,
  derivation: string,
  files: readonly VendorFile[],
): Promise<void> {
  if (files.length === 0) return;
  const { prefetchVendor } = await import("../vendor-files/prefetch.ts");
  let bar: Progress | undefined;
  await prefetchVendor(derivation, files, {
    signal,
    onFound: (path) => output.step(`Took ${path}`),
    onLine: (line) => output.detail(line),
    onTransfer(done, total) {
      bar ??= output.progress("Fetching vendor files");
      bar.update(done, total, `${mebibytes(done)} of ${total === 0 ? "?" : mebibytes(total)} MiB`);
    },
  });
  bar?.end("Fetched vendor files");
}

async function fetchPackages(
  context: Context,
  workspace: Workspace,
  locks: Locks | Pick<Locks, "tools">,
  { frozen = false }: BuildStepOptions,
): Promise<void> {
  const { root, output, signal } = context;
  const { relockMissing } = await import("../debian/lock.ts");
  const vanished = await fetchLocked(context, locks);
  if (vanished.length === 0) return;
  if (!("own" in locks)) throw vanishedError(vanished, "./kasmix lock");
  const options = { frozen, signal, onProgress: (text: string) => output.step(text) };
  const renewed = await relockMissing(root, workspace, locks, vanished, options);
  output.warn(["Locked packages had to be replaced:", ...renewed.warnings].join("\n  "));
  const still = await fetchLocked(context, renewed.locks);
  if (still.length > 0) throw vanishedError(still, `./kasmix lock ${workspace.name}`);
}

function vanishedError(packages: readonly { readonly name: string }[], command: string): KasmixError {
  const names = packages.map(({ name }) => name).join(", ");
  return new KasmixError("E_FETCH", `${names} cannot be downloaded from any mirror.`, {
    fix: `Try again later, or resolve all packages again: ${command}`,
  });
}

/** Fetches the locked packages; shows a bar only when something is missing. Returns those that have left the mirrors. */
async function fetchLocked({ output, signal }: Context, locks: Locks | Pick<Locks, "tools">) {
  const { prefetch } = await import("../debian/prefetch.ts");
  let bar: Progress | undefined;
  const { fetched, vanished } = await prefetch(Object.values(locks), {
    signal,
    onProgress({ done, total, bytesDone, bytesTotal }) {
      bar ??= output.progress("Fetching packages");
      const share = `${mebibytes(bytesDone)} of ${mebibytes(bytesTotal)} MiB, ${done} of ${total}`;
      bar.update(bytesDone, bytesTotal, share);
    },
  });
  bar?.end(`Fetched ${fetched} packages`);
  return vanished;
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
      const omission = await fetchEverything(context, workspace, { locks, vendor }, derivation, options);
      bar = output.progress(`Building ${named(workspace, options).name}`);
      return omission;
    },
    onLine: (line) => output.detail(line),
    onProgress: (done, total, current) => bar?.update(done, total, current),
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
