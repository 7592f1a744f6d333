import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Engine, engineReason } from "../engine/detect.ts";
import { blobOf } from "../engine/image.ts";
import { readTextIfThere } from "../files/read-text-if-there.ts";
import { replaceFile } from "../files/replace.ts";
import { KasmixError } from "../model/error.ts";
import { type Builder, copyOut, withStore } from "./container.ts";

/**
 * Copies what describes an image, a few kilobytes, out of the builder's store into a folder, for commands that need no
 * layers.
 * @param path of the image in the builder's store
 */
export async function takeDescription(
  builder: Builder,
  path: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const file = join(folder, "image.json");
  const known = readTextIfThere(file);
  if (known !== "" && JSON.parse(known).store === path) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await withStore(builder, signal, async (id) => {
    // image.json is written last: an interrupted copy is no image.
    const copied = join(folder, "copied.json");
    await copy(builder.engine, `${id}:${path}/image.json`, copied);
    const description = JSON.parse(await readFile(copied, "utf8"));
    const config = String(description.config);
    // It becomes a path on this machine.
    if (!/^sha256:[0-9a-f]{64}$/.test(config))
      throw new KasmixError("E_ENGINE", "The builder describes an image without a digest.");
    await mkdir(dirname(blobOf(folder, config)), { recursive: true });
    await copy(builder.engine, `${id}:${blobOf(path, config)}`, blobOf(folder, config));
    await replaceFile(file, JSON.stringify({ ...description, store: path }));
  });
}

async function copy(engine: Engine, from: string, to: string): Promise<void> {
  const { ok, stderr } = await engine.attempt([...copyOut(engine.kind), from, to]);
  if (ok) return;
  throw new KasmixError("E_ENGINE", `${from} cannot be copied out of the builder: ${engineReason(stderr)}`);
}
