import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface ReplaceOptions {
  /** Of the file, less the umask, whatever the former one had. @default 0o666 */
  readonly mode?: number;
  /** Of the folders that have to be made for it, less the umask. @default 0o777 */
  readonly folderMode?: number;
}

/**
 * Writes a file all at once: a reader, and whoever comes after a crash, finds the old content or the new, never a part.
 * Makes its folder where there is none. Throws what the file system says, leaving nothing behind.
 */
export async function replaceFile(
  file: string,
  content: string,
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
