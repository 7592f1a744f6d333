import { readFileSync } from "node:fs";

/** The text of a file, or "" when it cannot be read. */
export function readTextIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
