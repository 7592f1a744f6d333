import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KasmixError } from "../model/error.ts";

/** Writes texts by their paths below a folder; other files in it stay. Throws E_USAGE when that fails. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new KasmixError("E_USAGE", `${file} cannot be written: ${reason}`, { cause });
    }
  }
}
