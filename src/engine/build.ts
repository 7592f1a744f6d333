import { existsSync } from "node:fs";
import { mkdir, readlink, realpath } from "node:fs/promises";
import path from "node:path";
import { NATIVE } from "../debian/format.ts";
import { KasmixError } from "../model/error.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import { createBuildLog, explainFailure, readEvent } from "./build-log.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { type Image, readImage } from "./image.ts";
import { NIX_ENVIRONMENT, NIX_OPTIONS, SUBSTITUTE_OPTIONS } from "./nix.ts";
import { runLines } from "./process.ts";
import type { Variant } from "./variant.ts";

export interface NixRunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Derivations built so far, all derivations, and the current one. */
  readonly onProgress?: (done: number, total: number, current: string) => void;
  /** Bytes that Nix has downloaded, and all bytes; 0 where that is not known. */
  readonly onTransfer?: (done: number, total: number) => void;
  /** Every line that a builder prints. */
  readonly onLine?: (line: string) => void;
  /** The workspace's vendor files, which a failure names. */
  readonly vendor?: readonly VendorFile[];
  /** Whether it is built from the flake's inputs, and binary caches are used. @default false */
  readonly inputs?: boolean;
}

export interface BuildOptions extends NixRunOptions, Variant {
  /**
   * Called with the derivation when something has to be built, to fetch its inputs. Its changes of the checkout count, and
   * so does what it leaves out.
   */
  readonly prepare?: (derivation: string) => Promise<Omission>;
  /** Called with the derivation that is going to be built. */
  readonly onBuild?: (derivation: string) => Promise<void>;
}

/** What an image is built without because it cannot be fetched. */
export interface Omission {
  /** The Python packages of nix/locks/wheels.json. @default false */
  readonly withoutWheels?: boolean;
}

/** An image that has been built. */
export interface Built {
  readonly image: Image;
  /** The image's directory in the Nix store. */
  readonly path: string;
  /** Whether it was there already. */
  readonly unchanged: boolean;
}

/** The link to a workspace's last image; it keeps the image from Nix's garbage collection. */
export function resultLink(root: string, workspace: string, variant: Variant = {}): string {
  return path.join(root, ".kasmix", `result-${nameOf(workspace, variant)}`);
}

/** Where the description of an image is kept whose layers are in the builder's store. */
export function describedFolder(root: string, workspace: string, variant: Variant = {}): string {
  return path.join(root, ".kasmix", "in-builder", nameOf(workspace, variant));
}

/**
 * Builds a workspace's image with Nix, or only evaluates it when the image exists. An image that something was left out of
 * is its last build too, until the whole one can be built. Throws E_BUILD with the last lines of the failed builder's log,
 * E_FETCH when a file cannot be downloaded or has the wrong hash; for the flake's inputs, that error names where they come
 * from.
 */
export async function buildImage(
  root: string,
  workspace: string,
  options: BuildOptions = {},
): Promise<Built> {
  try {
    return await buildUnexplained(root, workspace, options);
  } catch (error) {
    if (options.inputs && error instanceof KasmixError && error.code === "E_FETCH") {
      throw inputsError(nameOf(workspace, options), error);
    }
    throw error;
  }
}

async function buildUnexplained(root: string, workspace: string, options: BuildOptions): Promise<Built> {
  const link = await linkIn(root, path.basename(resultLink(root, workspace, options)));
  const planned = await evaluateImage(root, workspace, options);
  const last = await findLastBuild(root, workspace, options);
  if (last === planned.output) return { image: await readImage(last), path: last, unchanged: true };
  const omission = await options.prepare?.(planned.derivation);
  const { derivation, output } = await evaluateImage(root, workspace, { ...options, ...omission });
  await options.onBuild?.(derivation);
  await runNix("nix-store", ["--realise", derivation, "--add-root", link, "--indirect"], options);
  return { image: await readImage(output), path: output, unchanged: last === output };
}

/** The image of the last build. Throws E_BUILD without a build. */
export async function lastBuild(
  root: string,
  workspace: string,
  variant: Variant = {},
): Promise<Omit<Built, "unchanged">> {
  const directory = await findLastBuild(root, workspace, variant);
  if (directory !== undefined) return { image: await readImage(directory), path: directory };
  const { withoutVendor = false, suffix = "" } = variant;
  const other = await findLastBuild(root, workspace, { ...variant, withoutVendor: !withoutVendor });
  const [what, flag] = withoutVendor ? [" without vendor software", " --without-vendor"] : ["", ""];
  const hint = withoutVendor || other === undefined ? "" : "; or add --without-vendor: that image is built";
  throw new KasmixError("E_BUILD", `The workspace "${workspace}${suffix}" has not been built${what} yet.`, {
    fix: `./kasmix build ${workspace}${suffix}${flag}${hint}`,
  });
}

/**
 * The image of the last build, if this checkout would still build the same one: then its provenance is true.
 * @throws KasmixError E_BUILD without a build, E_STALE where the checkout has changed since
 */
export async function currentBuild(
  root: string,
  workspace: string,
  options: BuildOptions = {},
): Promise<Omit<Built, "unchanged">> {
  const built = await lastBuild(root, workspace, options);
  // For an image that never has any, it is the same derivation.
  const withoutWheels = !built.image.layers.some(({ kind }) => kind === "wheel");
  const { output } = await evaluateImage(root, workspace, { ...options, withoutWheels });
  if (output === built.path) return built;
  const { withoutVendor, suffix = "" } = options;
  const name = `${workspace}${suffix}`;
  throw new KasmixError("E_STALE", `The checkout has changed since the last image of "${name}" was built.`, {
    fix: `Build it again: ./kasmix build ${name}${withoutVendor ? " --without-vendor" : ""}`,
  });
}

/** The image directory of the last build; `undefined` without a build, or if it was collected. */
export async function findLastBuild(
  root: string,
  workspace: string,
  variant: Variant = {},
): Promise<string | undefined> {
  const linked = await readlink(resultLink(root, workspace, variant)).catch(() => undefined);
  for (const directory of [linked, describedFolder(root, workspace, variant)]) {
    if (directory !== undefined && existsSync(path.join(directory, "image.json"))) return directory;
  }
  return undefined;
}

/**
 * Builds as many of these derivations as possible, then throws for those that failed. Nothing keeps the results from
 * garbage collection.
 */
export async function realise(derivations: readonly string[], options: NixRunOptions = {}): Promise<void> {
  await runNix("nix-store", ["--realise", ...derivations, "--keep-going"], options);
}

async function evaluateImage(
  root: string,
  workspace: string,
  options: BuildOptions & Omission,
): Promise<Evaluation> {
  const { signal, withoutVendor, withoutWheels, suffix = "", inputs = false } = options;
  const words = [
    ...["--attr", `${workspace}${suffix}`],
    ...(withoutVendor ? ["--arg", "withoutVendor", "true"] : []),
    ...(withoutWheels ? ["--arg", "withoutWheels", "true"] : []),
    ...(NATIVE === "arm64" ? ["--argstr", "system", "aarch64-linux"] : []),
  ];
  const instantiate = (args: readonly string[]) => runNix("nix-instantiate", args, { signal, inputs });
  const link = await linkIn(root, `${nameOf(workspace, options)}.drv`);
  return evaluate(root, { link, words, inputs, instantiate });
}

/** In the builder .kasmix is a link: Nix has to know the folder that stays. */
async function linkIn(root: string, name: string): Promise<string> {
  const folder = path.join(root, ".kasmix");
  await mkdir(folder, { recursive: true });
  return path.join(await realpath(folder), name);
}

/** No workspace has a dot in its name. */
function nameOf(workspace: string, { suffix = "", withoutVendor }: Variant): string {
  return withoutVendor ? `${workspace}${suffix}.without-vendor` : `${workspace}${suffix}`;
}

function inputsError(name: string, cause: KasmixError): KasmixError {
  const message = `${name} is built from sources on GitHub that flake.lock pins, and they cannot be downloaded.`;
  const fix = `Build it where GitHub and the binary cache cache.nixos.org can be reached: nix build .#${name}. Images of Debian's packages with TigerVNC need neither.`;
  return new KasmixError("E_FETCH", message, { faults: cause.faults, fix, cause });
}

/** Runs a Nix command that builds or evaluates, and reads its log; throws what the log reports of a failure. */
async function runNix(
  command: string,
  args: readonly string[],
  { signal, onProgress, onTransfer, onLine, vendor = [], inputs = false }: NixRunOptions,
): Promise<void> {
  const settings = [...NIX_OPTIONS, ...(inputs ? SUBSTITUTE_OPTIONS : [])];
  const log = createBuildLog();
  const onEach = (line: string): void => {
    const event = readEvent(log, line);
    if (event.line !== undefined) onLine?.(event.line);
    if (event.progress) onProgress?.(log.done, log.total, log.current);
    if (event.transfer) onTransfer?.(event.transfer.done, event.transfer.total);
  };
  const words = [...args, ...settings, "--log-format", "internal-json", "-v"];
  const options = { signal, environment: NIX_ENVIRONMENT, from: "stderr" } as const;
  const { exitCode, notFound } = await runLines(command, words, onEach, options);
  if (notFound) {
    throw new KasmixError("E_BUILD", "Nix is not installed.", { fix: "./kasmix doctor --fix" });
  }
  if (exitCode !== 0) throw explainFailure(log, vendor);
}
