import type { BuildOptions, OutputFile } from "esbuild";

/**
 * Bundles a module and all that it imports for Node, in memory. Each module of ours keeps its own import.meta. Throws
 * esbuild's BuildFailure.
 */
export function bundle(entry: string, options?: BuildOptions): Promise<Bundle>;

export interface Bundle {
  readonly files: readonly OutputFile[];
  /** The hash of each file that was read, other than those of packages. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** SHA-256 in hex digits. */
export function hash(contents: string | Uint8Array): string;
