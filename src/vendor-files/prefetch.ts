import { constants, copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addFixed, findInvalid } from "../debian/store.ts";
import { STORE } from "../debian/store-path.ts";
import { realise } from "../engine/build.ts";
import { showDerivations } from "../engine/derivations.ts";
import { NIX_ENVIRONMENT } from "../engine/nix.ts";
import { sha256Of } from "../files/sha256.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import { mismatch, vendorError } from "./failure.ts";
import type { VendorFile } from "./file.ts";

export interface PrefetchOptions {
  readonly signal?: AbortSignal | undefined;
  /** The user's own folder of vendor files. @default KASMIX_VENDOR_DIR */
  readonly folder?: string | undefined;
  /** A file was found in the folder. */
  readonly onFound?: (path: string) => void;
  /** Bytes that Nix has downloaded, and all bytes; 0 where that is not known. */
  readonly onTransfer?: (done: number, total: number) => void;
  readonly onLine?: (line: string) => void;
}

/**
 * Puts the vendor files of a derivation into the Nix store, before the long part of the build: from the user's own folder
 * by their names, else downloaded by Nix. Returns the number of downloaded files. Throws E_FETCH with a fault for every file
 * that cannot be downloaded or has another hash.
 */
export async function prefetchVendor(
  derivation: string,
  files: readonly VendorFile[],
  options: PrefetchOptions = {},
): Promise<number> {
  const invalid = await findInvalid(files.map(({ storePath }) => storePath));
  const missing = files.filter(({ storePath }) => invalid.has(storePath));
  const left = await takeOwn(missing, options);
  const fetches = await findFetches(derivation, left, options.signal);
  if (fetches.length > 0) await realise(fetches, { ...options, vendor: left });
  return fetches.length;
}

/**
 * Registers the files that the user's own folder has. Returns the others. Throws E_USAGE where there is no such folder,
 * E_FETCH for files with another hash.
 */
export async function takeOwn<T extends VendorFile>(
  files: readonly T[],
  options: Pick<PrefetchOptions, "signal" | "folder" | "onFound">,
): Promise<T[]> {
  const { signal, onFound } = options;
  const folder = options.folder ?? (process.env.KASMIX_VENDOR_DIR || undefined);
  if (folder === undefined || files.length === 0) return [...files];
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new KasmixError("E_USAGE", `KASMIX_VENDOR_DIR names ${folder}, which is not a folder.`, {
      fix: "Correct it, or unset it to download the files.",
    });
  }
  const left: T[] = [];
  const wrong: Fault[] = [];
  for (const file of files) {
    const path = join(folder, file.file);
    if (!(await stat(path).catch(() => undefined))?.isFile()) {
      left.push(file);
      continue;
    }
    const given = await sha256Of(path, signal);
    if (given !== file.sha256) {
      wrong.push(mismatch(file, given, path));
      continue;
    }
    await register(path, file);
    onFound?.(path);
  }
  const [first] = files;
  if (wrong.length > 0 && first !== undefined) throw vendorError(first.workspace, [], wrong);
  return left;
}

/** Adds a copy: Nix does not accept links. */
async function register(path: string, { file, storePath }: VendorFile): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-vendor-"));
  try {
    await copyFile(path, join(folder, file), constants.COPYFILE_FICLONE);
    await addFixed([{ file: join(folder, file), path: storePath }]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The derivations that fetch these files; empty for an image with stand-ins. */
async function findFetches(
  derivation: string,
  files: readonly VendorFile[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (files.length === 0) return [];
  const outputs = new Set(files.map(({ storePath }) => storePath));
  const shown = await showDerivations(derivation, { signal, environment: NIX_ENVIRONMENT });
  return Object.entries(shown)
    .filter(([, { env }]) => outputs.has(env?.out ?? ""))
    .map(([path]) => (path.startsWith("/") ? path : join(STORE, path)));
}
