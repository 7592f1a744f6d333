import { access, mkdir, readlink } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { KasmixError } from "../model/error.ts";
import { createBuildLog, explainFailure, readEvent } from "./build-log.ts";
import { type Image, readImage } from "./image.ts";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "./nix.ts";
import { runProcess } from "./process.ts";

export interface BuildOptions {
  readonly signal?: AbortSignal;
  /**
   * Called when something has to be built, with the derivation: the moment to fetch what it needs. What it changes
   * in the checkout counts.
   */
  readonly prepare?: (derivation: string) => Promise<void>;
  /** Derivations built so far, how many there are, and what is being built. */
  readonly onProgress?: (done: number, total: number, current: string) => void;
  /** Every line that a builder prints. */
  readonly onLine?: (line: string) => void;
}

/** An image that has been built. */
export interface Built {
  readonly image: Image;
  /** The image's directory in the Nix store. */
  readonly path: string;
  /** Whether it was there already. */
  readonly unchanged: boolean;
}

/** Where the link to a workspace's last image stands; it keeps the image from Nix's garbage collection. */
export function resultLink(root: string, workspace: string): string {
  return path.join(root, ".kasmix", `result-${workspace}`);
}

/**
 * Builds a workspace's image with Nix; evaluating it is all that happens when the image is there. Throws E_BUILD
 * with the last lines of the log of what failed, E_FETCH when a file could not be had or has the wrong hash.
 */
export async function buildImage(
  root: string,
  workspace: string,
  options: BuildOptions = {},
): Promise<Built> {
  const link = resultLink(root, workspace);
  await mkdir(path.dirname(link), { recursive: true });
  const planned = await instantiate(root, workspace, options.signal);
  if ((await findLastBuild(root, workspace)) === planned.output) {
    return { image: await readImage(planned.output), path: planned.output, unchanged: true };
  }
  await options.prepare?.(planned.derivation);
  const { derivation, output } = await instantiate(root, workspace, options.signal);
  await realise(derivation, link, options);
  return { image: await readImage(output), path: output, unchanged: false };
}

/** The image of the last build. Throws E_BUILD when there is none. */
export async function lastBuild(root: string, workspace: string): Promise<Omit<Built, "unchanged">> {
  const directory = await findLastBuild(root, workspace);
  if (directory !== undefined) return { image: await readImage(directory), path: directory };
  throw new KasmixError("E_BUILD", `The workspace "${workspace}" has not been built yet.`, {
    fix: `./kasmix build ${workspace}`,
  });
}

/** The image directory of the last build; `undefined` when there is none, or it was collected. */
export async function findLastBuild(root: string, workspace: string): Promise<string | undefined> {
  try {
    const directory = await readlink(resultLink(root, workspace));
    await access(path.join(directory, "image.json"));
    return directory;
  } catch {
    return undefined;
  }
}

/** Evaluates the workspace: its derivation, kept from garbage collection by a link, and where the image will be. */
async function instantiate(root: string, workspace: string, signal: AbortSignal | undefined) {
  const link = path.join(root, ".kasmix", `${workspace}.drv`);
  const args = [path.join(root, "nix"), "--attr", workspace, "--add-root", link, "--indirect"];
  await runNix("nix-instantiate", args, { ...(signal === undefined ? {} : { signal }) });
  const derivation = await readlink(link);
  const output = await runProcess("nix-store", ["--query", "--outputs", derivation], {
    signal,
    environment: NIX_ENVIRONMENT,
  });
  return { derivation, output: output.stdout.trim() };
}

/** Builds the derivation and links to what came out of it. */
async function realise(derivation: string, link: string, options: BuildOptions): Promise<void> {
  await runNix("nix-store", ["--realise", derivation, "--add-root", link, "--indirect"], options);
}

/** Runs a Nix command that builds or evaluates, reading its log; throws what the log says about a failure. */
async function runNix(
  command: string,
  args: readonly string[],
  { signal, onProgress, onLine }: BuildOptions,
): Promise<void> {
  const nix = execa(command, [...args, ...NIX_OPTIONS, "--log-format", "internal-json", "-v"], {
    reject: false,
    buffer: false,
    stdin: "ignore",
    stdout: "ignore",
    env: NIX_ENVIRONMENT,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const log = createBuildLog();
  for await (const line of createInterface({ input: nix.stderr })) {
    const event = readEvent(log, line);
    if (event.line !== undefined) onLine?.(event.line);
    if (event.progress) onProgress?.(log.done, log.total, log.current);
  }
  const result = await nix;
  signal?.throwIfAborted();
  if (result.code === "ENOENT") {
    throw new KasmixError("E_BUILD", "Nix is not installed.", { fix: "./kasmix doctor --fix" });
  }
  if (result.failed) throw explainFailure(log);
}
