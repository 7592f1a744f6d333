import { createHash } from "node:crypto";

/**
 * The `sha` of a workspace's folder, by which Kasm detects changes: the hash of the npm package folder-hash, which Kasm's
 * own generator uses. That package only hashes folders on disk, so tests compare with it. A file's hash is SHA-1 of name
 * and content, a folder's SHA-1 of its name and the hexadecimal hashes of its files in the order of `localeCompare`.
 * @param files content by file name, without subfolders
 * @returns 40 hexadecimal digits
 */
export function folderHash(name: string, files: Readonly<Record<string, Buffer>>): string {
  const hash = createHash("sha1").update(name);
  const sorted = Object.entries(files).sort(([a], [b]) => a.localeCompare(b));
  for (const [file, content] of sorted)
    hash.update(createHash("sha1").update(file).update(content).digest("hex"));
  return hash.digest("hex");
}
