import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Kasmix's version, from package.json. */
export async function readVersion(root: string): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return version;
}
