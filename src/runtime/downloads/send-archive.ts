import type { ServerResponse } from "node:http";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { Folder } from "../confined/folder.ts";
import { attachment } from "./disposition.ts";
import { type Entry, walk } from "./walk.ts";

/** Files of this size and more need the larger fields of Zip64, also if deflating makes them a little longer. */
const LARGE = 0xff000000;
/** Lines about what is not in an archive. */
const MOST_NOTES = 10_000;

/** Sends a folder as a ZIP archive that is made while it is sent; closes the folder. */
export async function sendArchive(response: ServerResponse, folder: Folder, name: string): Promise<void> {
  response.setHeader("Content-Type", "application/zip");
  response.setHeader("Content-Disposition", attachment(`${name}.zip`));
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(200);
  const zip = new ZipFile();
  const stop = new AbortController();
  zip.on("error", () => stop.abort());
  const sending = pipeline(zip.outputStream, response)
    // Who breaks off has had enough of it.
    .catch(() => {})
    .finally(() => stop.abort());
  try {
    await fill(zip, walk(folder, name), stop.signal);
  } catch {
    // What has been sent so far must not look like a whole archive.
    response.destroy();
  } finally {
    await folder.close();
  }
  await sending;
}

/** Adds entry after entry, each when the one before is through: nothing piles up. */
async function fill(zip: ZipFile, entries: AsyncIterable<Entry>, stop: AbortSignal): Promise<void> {
  const notes: string[] = [];
  for await (const entry of entries) {
    if (entry.kind === "folder") zip.addEmptyDirectory(legal(entry.path));
    else if (entry.kind === "file") await addFile(zip, entry, stop);
    else if (notes.length < MOST_NOTES) notes.push(`${entry.path}: ${entry.reason}\n`);
    stop.throwIfAborted();
  }
  if (notes.length > 0) zip.addBuffer(Buffer.from(notes.join("")), "NOT-INCLUDED.txt");
  zip.end();
}

async function addFile(
  zip: ZipFile,
  { path, opened }: Entry & { kind: "file" },
  stop: AbortSignal,
): Promise<void> {
  const { file, stats } = opened;
  const { size, mtime, mode } = stats;
  // A file that grows meanwhile, as logs do, is taken as long as it was.
  const bytes = size > 0 ? file.createReadStream({ end: size - 1, autoClose: false }) : undefined;
  const options = { mtime, mode, compressionLevel: 1, forceZip64Format: size >= LARGE };
  try {
    if (!bytes) zip.addBuffer(Buffer.alloc(0), legal(path), { mtime, mode });
    else {
      zip.addReadStream(bytes, legal(path), options);
      await finished(bytes, { signal: stop });
    }
  } finally {
    bytes?.destroy();
    await file.close().catch(() => {});
  }
}

/** ZIP knows no backslash in a name, and no drive letter at the beginning. */
function legal(path: string): string {
  return path.replaceAll("\\", "_").replace(/^([a-z]):/i, "$1_");
}
