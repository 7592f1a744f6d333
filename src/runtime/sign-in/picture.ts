import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Bytes of the largest picture: it is a part of each sign-in page. */
const LARGEST = 64 * 1024;

/** The workspace's icon in a folder of the image as a `data:` address; undefined without one, or where it is large. */
export function readPicture(folder: string): string | undefined {
  const content = readIfThere(join(folder, "icon"));
  if (content === undefined || content.length > LARGEST) return undefined;
  const type = content.subarray(1, 4).toString("latin1") === "PNG" ? "image/png" : "image/svg+xml";
  return `data:${type};base64,${content.toString("base64")}`;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
