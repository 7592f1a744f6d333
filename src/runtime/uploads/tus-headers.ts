import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { namesOf } from "./names.ts";
import { Refused } from "./refusal.ts";
import type { Plan } from "./store.ts";

export const TUS_VERSION = "1.0.0";

/** What a request to make an upload asks for. */
export interface Wish extends Plan {
  /** By which the sender recognises a file that it sends again because it has got no answer. */
  readonly key: string | undefined;
}

/** Reads the headers of a request to make an upload. Throws what is wrong with them. */
export function readWish(headers: IncomingHttpHeaders): Wish {
  if (headers["upload-defer-length"] !== undefined)
    throw new Refused(400, "Upload-Defer-Length is not supported");
  const metadata = readMetadata(String(headers["upload-metadata"] ?? ""));
  // Uppy names a file that is in no folder "null".
  const relative = metadata.get("relativePath");
  const path = relative && relative !== "null" ? relative : metadata.get("filename");
  if (!path) throw new Refused(400, "Upload-Metadata needs a filename");
  return {
    length: readCount(headers["upload-length"], "Upload-Length"),
    names: namesOf(path),
    key: metadata.get("key"),
  };
}

/** A header that is a number of bytes. */
export function readCount(header: string | string[] | undefined, name: string): number {
  const count = /^\d{1,16}$/.test(String(header)) ? Number(header) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw new Refused(400, `${name} must be a number of bytes`);
  return count;
}

/** Tells the sender which name its file has got: below ~/Uploads, percent-encoded. */
export function tellPlace(response: ServerResponse, names: readonly string[]): void {
  response.setHeader("Kasmix-Saved-As", names.map(encodeURIComponent).join("/"));
}

/** The pairs of Upload-Metadata: a key, a space and a value in Base64 each, separated by commas. */
function readMetadata(header: string): Map<string, string> {
  const pairs = header.split(",").map((pair) => pair.trim().split(" "));
  return new Map(pairs.map(([key = "", value = ""]) => [key, decode(value)]));
}

function decode(base64: string): string {
  try {
    return UTF8.decode(Buffer.from(base64, "base64"));
  } catch {
    throw new Refused(400, "Upload-Metadata must be UTF-8 in Base64");
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
