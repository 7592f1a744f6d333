import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";

/**
 * Makes `path` a folder with links to everything of KasmVNC's web client and, where the client looks for them, to the
 * downloads of the home. Links, because the client's own folder is read-only. Throws errors of the file system.
 */
export function makeWebRoot(path: string, www: string, downloads: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(`${path}/Downloads`, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(www)) {
    if (name !== "Downloads") symlinkSync(`${www}/${name}`, `${path}/${name}`);
  }
  mkdirSync(downloads, { recursive: true });
  symlinkSync(downloads, `${path}/Downloads/Downloads`);
}
