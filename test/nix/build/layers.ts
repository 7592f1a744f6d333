import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract, type Header } from "tar-stream";

/** A file in an archive, with everything that unpacking it depends on. */
export interface ArchivedFile {
  readonly type: Header["type"];
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Target of a link. */
  readonly link: string | undefined;
  /** SHA-256 of a file's content. */
  readonly content: string | undefined;
  /** The content itself, of the lists of users and groups. */
  readonly text: string | undefined;
  /** File capabilities. */
  readonly capability: string | undefined;
}

/** Every file of an image, by its path; the higher layer wins. */
export async function listFiles(image: string, layers?: number): Promise<Map<string, ArchivedFile>> {
  const { layers: all } = JSON.parse(await readFile(join(image, "image.json"), "utf8"));
  const files = new Map<string, ArchivedFile>();
  for (const { digest } of all.slice(0, layers)) {
    await listArchive(join(image, "blobs/sha256", digest.replace("sha256:", "")), files);
  }
  return files;
}

/** Adds every file of a tar to the list. A hard link becomes a file like the one it links to. */
export async function listArchive(
  path: string,
  files = new Map<string, ArchivedFile>(),
): Promise<Map<string, ArchivedFile>> {
  const archive = extract();
  const reading = pipeline(createReadStream(path), archive);
  for await (const entry of archive) {
    const { header } = entry;
    const name = normalize(header.name).replace(/\/$/, "");
    const hash = createHash("sha256");
    const chunks: Buffer[] = [];
    for await (const chunk of entry) {
      hash.update(chunk as Buffer);
      if (/^etc\/(passwd|group)$/.test(name)) chunks.push(chunk as Buffer);
    }
    const linked = header.type === "link" ? files.get(normalize(header.linkname ?? "")) : undefined;
    files.set(name, linked ?? toFile(header, hash.digest("hex"), Buffer.concat(chunks).toString()));
  }
  await reading;
  return files;
}

function toFile(
  { type, mode = 0, uid = 0, gid = 0, linkname, pax }: Header,
  hash: string,
  text: string,
): ArchivedFile {
  const content = type === "file" ? hash : undefined;
  const attributes = new Map<string, string>(Object.entries(pax ?? {}));
  const capability = attributes.get("SCHILY.xattr.security.capability");
  return { type, mode, uid, gid, link: linkname ?? undefined, content, text: text || undefined, capability };
}
