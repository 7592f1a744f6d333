import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface ReplaceOptions {
  /** Mode of the file, less the umask; the old file's mode does not matter. @default 0o666 */
  readonly mode?: number;
  /** Mode of new folders, less the umask. @default 0o777 */
  readonly folderMode?: number;
}

/**
 * Writes a file atomically: readers, also after a crash, find the old content or the new, never a part. Creates its folder.
 * Throws the file system's error, leaving nothing behind.
 */
export async function replaceFile(
  file: string,
  content: string | Buffer,
  { mode = 0o666, folderMode = 0o777 }: ReplaceOptions = {},
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: folderMode });
  const draft = `${file}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(draft, content, { mode, flag: "wx" });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
