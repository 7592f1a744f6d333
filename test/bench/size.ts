import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { execa } from "execa";
import { extract } from "tar-stream";
import { lastLine } from "../../src/engine/detect.ts";
import { KasmixError } from "../../src/model/error.ts";
import { type Context, MIB, run } from "./context.ts";

export interface ImageSize {
  readonly layers: readonly LayerSize[];
  /** MiB, all layers together. */
  readonly plain: number;
  /** MiB, each layer by itself with `gzip -6`, as registries keep them. */
  readonly gzip: number;
}

interface LayerSize {
  /** Bytes. */
  readonly plain: number;
  readonly gzip: number;
}

/** The size of an image as the engine exports it. */
export async function measureSize({ engine, signal }: Context, image: string): Promise<ImageSize> {
  // Not by zx, which keeps all output in memory.
  const saving = execa(engine.kind, ["save", image], {
    buffer: { stdout: false },
    reject: false,
    cancelSignal: signal,
  });
  const sizes = new Map<string, LayerSize>();
  let manifest = "[]";
  const archive = extract();
  const reading = pipeline(saving.stdout, archive);
  for await (const entry of archive) {
    const { name } = entry.header;
    if (name === "manifest.json") manifest = await text(entry);
    else sizes.set(name, await sizeOf(entry as AsyncIterable<Uint8Array>));
  }
  await reading;
  const { failed, stderr } = await saving;
  if (failed) throw new KasmixError("E_ENGINE", `${engine.kind} save failed: ${lastLine(stderr)}`);
  const [saved]: { Layers: string[] }[] = JSON.parse(manifest);
  const layers = (saved?.Layers ?? []).map((name) => sizes.get(name) ?? { plain: 0, gzip: 0 });
  const sum = (kind: keyof LayerSize) => layers.reduce((total, layer) => total + layer[kind], 0) / MIB;
  return { layers, plain: sum("plain"), gzip: sum("gzip") };
}

/** MiB of files by `zstd -3`, each by itself; `undefined` where zstd is not installed. */
export async function measureZstd(
  files: readonly string[],
  signal: AbortSignal,
): Promise<number | undefined> {
  let bytes = 0;
  for (const file of files) {
    const options = { buffer: false, reject: false, cancelSignal: signal } as const;
    // Without --force it takes no links, and a layout's layers are some.
    const compressing = execa("zstd", ["-3", "-T0", "--force", "--stdout", file], options);
    for await (const chunk of compressing.stdout as AsyncIterable<Uint8Array>) bytes += chunk.length;
    if ((await compressing).failed) return undefined;
  }
  return bytes / MIB;
}

/** Packages or versions that only one image has: `only in …: name version` for each. */
export async function comparePackages(context: Context, ours: string, theirs: string): Promise<string[]> {
  const [mine, other] = await Promise.all([installed(context, ours), installed(context, theirs)]);
  const only = (a: readonly string[], b: readonly string[], image: string) =>
    a.filter((line) => !b.includes(line)).map((line) => `only in ${image}: ${line}`);
  return [...only(mine, other, ours), ...only(other, mine, theirs)];
}

async function sizeOf(content: AsyncIterable<Uint8Array>): Promise<LayerSize> {
  let plain = 0;
  let gzip = 0;
  const counted = async function* () {
    for await (const chunk of content) {
      plain += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, createGzip({ level: 6 }), async (compressed: AsyncIterable<Uint8Array>) => {
    for await (const chunk of compressed) gzip += chunk.length;
  });
  return { plain, gzip };
}

/** A line for each package: its name and version. */
async function installed({ engine, signal }: Context, image: string): Promise<string[]> {
  const query = run("E_ENGINE", { signal });
  const printed = await query`${engine.kind} run --rm --network none --entrypoint dpkg-query ${image} --show`;
  return printed.trim().split("\n");
}
