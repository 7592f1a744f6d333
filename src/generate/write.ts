import { readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "../files/replace.ts";

/** What became of one generated file. */
export interface GeneratedFile {
  /** Relative to the project's folder. */
  readonly path: string;
  /** `stale`: differs, and nothing was written since it was only a check. */
  readonly state: "written" | "removed" | "unchanged" | "stale";
  /** From what stands there to what should, in the unified format, unless `unchanged`. */
  readonly diff?: string;
}

/**
 * Brings one file to its content, or out of the way for `undefined`. Touches it only if it differs, and then all at
 * once: a reader sees the old or the new, never a part.
 */
export async function writeGenerated(
  root: string,
  path: string,
  content: string | undefined,
  { check }: { readonly check: boolean },
): Promise<GeneratedFile> {
  const file = join(root, path);
  const before = await readIfThere(file);
  if (before === content) return { path, state: "unchanged" };
  const { renderDiff } = await import("./diff.ts");
  const diff = renderDiff(before ?? "", content ?? "");
  if (check) return { path, state: "stale", diff };
  if (content === undefined) {
    await rm(file);
    await removeEmptyFolders(root, dirname(path));
    return { path, state: "removed", diff };
  }
  // Read-only, so that an editor asks before it changes what the next run would overwrite.
  await replaceFile(file, content, { mode: 0o444 });
  return { path, state: "written", diff };
}

/** Errors of a path at which there is no file: nothing, or a folder, or a file where a folder would have to be. */
const NO_FILE: readonly unknown[] = ["ENOENT", "EISDIR", "ENOTDIR"];

/** The text of a file, `undefined` if there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && NO_FILE.includes(error.code)) return undefined;
    throw error;
  }
}

async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  if (folder === "." || folder === "nix/workspaces") return;
  try {
    await rmdir(join(root, folder));
  } catch {
    return; // not empty
  }
  await removeEmptyFolders(root, dirname(folder));
}
