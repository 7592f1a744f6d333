import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { sendText } from "../gateway/send.ts";
import { attachment } from "./content-disposition.ts";
import { type Range, readRange } from "./range.ts";

/** Bytes that are read at a time. */
const CHUNK = 256 * 1024;

/** An open file to send; sending closes it. */
export interface Sent {
  readonly name: string;
  readonly file: FileHandle;
  readonly stats: Stats;
}

/** Sends a file, or the requested range of it, as a download. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { name, file, stats }: Sent,
): Promise<void> {
  try {
    const { size, mtime } = stats;
    const etag = etagOf(stats);
    response.setHeader("ETag", etag);
    response.setHeader("Last-Modified", mtime.toUTCString());
    response.setHeader("Accept-Ranges", "bytes");
    response.setHeader("Cache-Control", "private, no-cache");
    const range = isSame(request.headers["if-range"], etag, mtime)
      ? readRange(request.headers.range, size)
      : undefined;
    if (range === "unsatisfiable") {
      response.setHeader("Content-Range", `bytes */${size}`);
      return sendText(response, 416, "the range begins behind the end of the file");
    }
    // The file must never run as a page of this origin.
    response.setHeader("Content-Type", "application/octet-stream");
    response.setHeader("Content-Disposition", attachment(name));
    if (range) response.setHeader("Content-Range", `bytes ${range.start}-${range.end}/${size}`);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.setHeader("Content-Length", end - start + 1);
    response.writeHead(range ? 206 : 200);
    if (request.method === "HEAD" || end < start) response.end();
    else await sendBytes(response, file, { start, end });
  } finally {
    await file.close();
  }
}

async function sendBytes(response: ServerResponse, file: FileHandle, { start, end }: Range): Promise<void> {
  const bytes = file.createReadStream({ start, end, highWaterMark: CHUNK, autoClose: false });
  // A client that disconnects is not an error.
  await pipeline(bytes, response, { end: false }).catch(() => {});
  // A file that was truncated meanwhile is shorter than announced.
  if (bytes.bytesRead === end - start + 1) response.end();
  else response.destroy();
}

/** Changes with every write to the file and when it is replaced. */
function etagOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `"${[ino, size, mtimeMs, ctimeMs].map((part) => Math.round(part * 1000).toString(36)).join("-")}"`;
}

/** Whether If-Range, if there is one, names this version of the file. */
function isSame(condition: string | string[] | undefined, etag: string, mtime: Date): boolean {
  if (typeof condition !== "string") return condition === undefined;
  if (condition.includes('"')) return condition === etag;
  return Date.parse(condition) === Math.floor(mtime.getTime() / 1000) * 1000;
}
