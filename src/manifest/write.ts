import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generatePassword } from "../engine/password.ts";
import { KasmixError } from "../model/error.ts";

/** Writes texts by their paths below a folder; other files in it stay. Throws E_USAGE when that fails. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await attempt(file, () => writeFile(file, text));
  }
}

/**
 * Writes a file with a new password for each path below a folder, which only this user can read; one that exists stays.
 * Returns the paths of the new ones. Throws E_USAGE when that fails.
 */
export async function writePasswords(folder: string, paths: readonly string[]): Promise<string[]> {
  const made: string[] = [];
  for (const path of paths) {
    const file = join(folder, path);
    if (existsSync(file)) continue;
    const line = `VNC_PW=${generatePassword()}\n`;
    await attempt(file, () => writeFile(file, line, { mode: 0o600, flag: "wx" }));
    made.push(path);
  }
  return made;
}

async function attempt(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await write();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KasmixError("E_USAGE", `${file} cannot be written: ${reason}`, { cause });
  }
}
