import { readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { replaceFile } from "../files/replace.ts";

/** The result for one generated file. */
export interface GeneratedFile {
  /** Relative to the project's folder. */
  readonly path: string;
  /** `stale`: it differs, and a check does not write it. */
  readonly state: "written" | "removed" | "unchanged" | "stale";
  /** From the present text to the right one, in the unified format, unless `unchanged`. */
  readonly diff?: string;
}

/**
 * Writes one file, or removes it for `undefined`, if that changes anything. The file is replaced at once: a reader sees
 * the old text or the new one, never a part.
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
  // Read-only, so that an editor asks before it changes a file that the next run would overwrite.
  await replaceFile(file, content, { mode: 0o444 });
  return { path, state: "written", diff };
}

/** Errors of a path that is not a file: it is missing, a folder, or below a file. */
const NO_FILE: readonly unknown[] = ["ENOENT", "EISDIR", "ENOTDIR"];

/** The text of a file, `undefined` if it does not exist. */
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
