import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { namesOf } from "./names.ts";
import { Refused } from "./refusal.ts";
import type { Plan } from "./store.ts";

export const TUS_VERSION = "1.0.0";

/** The upload that a request wants to create. */
export interface Wish extends Plan {
  /** Set by the sender to identify a file that it sends again after a lost answer. */
  readonly key: string | undefined;
}

/** Reads the headers of a request to create an upload. Throws Refused. */
export function readWish(headers: IncomingHttpHeaders): Wish {
  if (headers["upload-defer-length"] !== undefined)
    throw new Refused(400, "Upload-Defer-Length is not supported");
  const metadata = readMetadata(String(headers["upload-metadata"] ?? ""));
  // Uppy sends the relative path "null" for a file outside of folders.
  const relative = metadata.get("relativePath");
  const path = relative && relative !== "null" ? relative : metadata.get("filename");
  if (!path) throw new Refused(400, "Upload-Metadata needs a filename");
  return {
    length: readCount(headers["upload-length"], "Upload-Length"),
    names: namesOf(path),
    key: metadata.get("key"),
  };
}

/** Reads a header with a number of bytes. Throws Refused. */
export function readCount(header: string | string[] | undefined, name: string): number {
  const count = /^\d{1,16}$/.test(String(header)) ? Number(header) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw new Refused(400, `${name} must be a number of bytes`);
  return count;
}

/** Tells the sender the file's final path below ~/Uploads, percent-encoded. */
export function tellPlace(response: ServerResponse, names: readonly string[]): void {
  response.setHeader("Kasmix-Saved-As", names.map(encodeURIComponent).join("/"));
}

/** The pairs of Upload-Metadata, separated by commas: a key, a space, and a value in Base64. */
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
