import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";
import { engineReason } from "../engine/detect.ts";
import type { ImageLayer } from "../engine/image.ts";
import { openProcess } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";
import { type Builder, copyOut, withStore } from "./container.ts";

type Use = (layer: ImageLayer, bytes: Readable) => Promise<void>;

/**
 * Reads layers out of the builder's store, one after the other. Throws E_ENGINE where the store does not have
 * them.
 */
export async function readLayers(
  builder: Builder,
  layers: readonly ImageLayer[],
  use: Use,
  signal?: AbortSignal,
): Promise<void> {
  await withStore(builder, signal, async (id) => {
    for (const layer of layers) await readLayer(builder, id, layer, use, signal);
  });
}

async function readLayer(
  { engine }: Builder,
  id: string,
  layer: ImageLayer,
  use: Use,
  signal: AbortSignal | undefined,
): Promise<void> {
  const args = [...engine.globalOptions, ...copyOut(engine.kind), `${id}:${layer.file}`, "-"];
  const { stdout, outcome } = openProcess(engine.kind, args, { signal });
  const [read] = await Promise.allSettled([unpack(stdout, layer, use)]);
  const { ok, stderr } = await outcome;
  if (!ok) throw missing(layer, engineReason(stderr));
  if (read.status === "rejected") throw read.reason;
}

/** The engine sends a file as a tar. */
async function unpack(tar: Readable, layer: ImageLayer, use: Use): Promise<void> {
  const archive = extract();
  const copied = pipeline(tar, archive);
  copied.catch(() => {}); // The loop throws the same.
  let found = false;
  for await (const entry of archive) {
    if (found || entry.header.size !== layer.size) throw missing(layer, "its size is another");
    found = true;
    await use(layer, Readable.from(entry, { objectMode: false }));
  }
  await copied;
  if (!found) throw missing(layer, "it is not there");
}

function missing(layer: ImageLayer, reason: string): KasmixError {
  return new KasmixError("E_ENGINE", `${layer.file} cannot be read from the builder's store: ${reason}`, {
    fix: "Build the image again.",
  });
}
