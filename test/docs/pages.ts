import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Every page of docs/, with its path below the project's folder. */
export const DOCS = filesBelow("docs").filter((file) => file.endsWith(".md"));

/** Every page that people read. */
export const PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...DOCS];

/** All files below a folder, with their paths below the project's folder. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(join(ROOT, file)).isFile())
    .sort();
}
