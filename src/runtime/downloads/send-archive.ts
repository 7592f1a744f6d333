import type { ServerResponse } from "node:http";
import { finished, pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { Folder } from "../confined/folder.ts";
import { attachment } from "./content-disposition.ts";
import { type Entry, walk } from "./walk.ts";

/** Size from which files need Zip64: below 4 GiB, since deflating may lengthen them. */
const LARGE = 0xff000000;
/** Lines in the list of files that are not in an archive. */
const MOST_NOTES = 10_000;

/** Sends a folder as a ZIP archive, created while it is sent, and closes the folder. */
export async function sendArchive(response: ServerResponse, folder: Folder, name: string): Promise<void> {
  response.setHeader("Content-Type", "application/zip");
  response.setHeader("Content-Disposition", attachment(`${name}.zip`));
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(200);
  const zip = new ZipFile();
  const stop = new AbortController();
  zip.on("error", () => stop.abort());
  const sending = pipeline(zip.outputStream, response)
    // A client that disconnects is not an error.
    .catch(() => {})
    .finally(() => stop.abort());
  try {
    await fill(zip, walk(folder, name), stop.signal);
  } catch {
    // The incomplete archive must not look complete.
    response.destroy();
  } finally {
    await folder.close();
  }
  await sending;
}

/** Adds entries one by one, so that nothing is buffered. */
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
  // A file that grows meanwhile, such as a log, is sent with its initial size.
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

/** ZIP allows no backslash in a name and no drive letter at its beginning. */
function legal(path: string): string {
  return path.replaceAll("\\", "_").replace(/^([a-z]):/i, "$1_");
}
