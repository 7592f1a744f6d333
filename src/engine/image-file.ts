import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { type Image, unreadable } from "./image.ts";

/**
 * Reads a file of an image on disk by its path in the image, from the highest layer that has it; `undefined` if there is
 * none. A link is not followed.
 * @throws KasmixError E_ENGINE when a layer cannot be read
 */
export async function readImageFile(
  { layers }: Pick<Image, "layers">,
  path: string,
): Promise<Buffer | undefined> {
  for (const { file } of layers.toReversed()) {
    const content = await readFromLayer(file, posix.relative("/", path)).catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
    if (content !== undefined) return content;
  }
  return undefined;
}

async function readFromLayer(file: string, path: string): Promise<Buffer | undefined> {
  const archive = extract();
  // pipe() does not pass on errors of the file.
  const source = createReadStream(file, { highWaterMark: 1 << 20 }).on("error", (error) =>
    archive.destroy(error),
  );
  try {
    for await (const entry of source.pipe(archive)) {
      const { name, type } = entry.header;
      if (type === "file" && posix.normalize(name) === path) return await buffer(entry);
      entry.resume();
    }
    return undefined;
  } finally {
    source.destroy();
  }
}
