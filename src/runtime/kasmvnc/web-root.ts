import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";

/**
 * Makes `path` a folder with everything of KasmVNC's web client and, where its client looks for them, the downloads
 * of the home: links, since the client itself cannot be written to. Throws what the file system does.
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
