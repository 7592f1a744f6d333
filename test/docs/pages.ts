import { readdirSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Every page of docs/, with its path below the project's folder. */
export const DOCS = filesBelow("docs").filter((file) => file.endsWith(".md"));

/** Every page that people read. */
export const PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...DOCS];

/** All files below a folder, with their paths below the project's folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}
