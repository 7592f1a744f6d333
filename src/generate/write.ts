import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { renderDiff } from "./diff.ts";

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
  const diff = renderDiff(before ?? "", content ?? "");
  if (check) return { path, state: "stale", diff };
  if (content === undefined) {
    await rm(file);
    await removeEmptyFolders(root, dirname(path));
    return { path, state: "removed", diff };
  }
  await replace(file, content);
  return { path, state: "written", diff };
}

/** The text of a file, `undefined` if there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Read-only, so that an editor asks before it changes what the next run would overwrite. */
async function replace(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(draft, content, { mode: 0o444 });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
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
