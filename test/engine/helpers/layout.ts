import { createHash, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pack } from "tar-stream";

/** A file of a hand-made layer. */
export interface LayerFile {
  readonly name: string;
  readonly content: string | Buffer;
  readonly mode?: number;
}

export interface LayoutOptions {
  readonly name: string;
  readonly layers: readonly (readonly LayerFile[])[];
  /** Parts of the configuration's `config`: Cmd, Env, … */
  readonly config?: Readonly<Record<string, unknown>>;
  /** @default "amd64" */
  readonly architecture?: string;
}

/** Writes an OCI layout with image.json as Nix builds it, and returns its folder. */
export async function makeLayout({
  name,
  layers,
  config = {},
  architecture = "amd64",
}: LayoutOptions): Promise<string> {
  // Lower case only: Podman makes a name of it.
  const directory = path.join(tmpdir(), `kasmix-layout-${randomUUID()}`);
  const blobs = path.join(directory, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  const store = async (bytes: Buffer): Promise<{ digest: string; size: number }> => {
    const hex = createHash("sha256").update(bytes).digest("hex");
    await writeFile(path.join(blobs, hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const stored = [];
  for (const files of layers) stored.push(await store(await tar(files)));
  const configuration = await store(
    Buffer.from(
      JSON.stringify({
        architecture,
        os: "linux",
        created: "1970-01-01T00:00:01Z",
        config,
        rootfs: { type: "layers", diff_ids: stored.map((layer) => layer.digest) },
      }),
    ),
  );
  const manifest = await store(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config: { mediaType: "application/vnd.oci.image.config.v1+json", ...configuration },
        layers: stored.map((layer) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar", ...layer })),
      }),
    ),
  );
  const description = {
    name,
    digest: manifest.digest,
    config: configuration.digest,
    layers: stored.map((layer) => ({ ...layer, kind: "files" })),
  };
  await writeFile(path.join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(
    path.join(directory, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", ...manifest }],
    }),
  );
  await writeFile(path.join(directory, "image.json"), JSON.stringify(description));
  return directory;
}

async function tar(files: readonly LayerFile[]): Promise<Buffer> {
  const archive = pack();
  for (const file of files) {
    archive.entry(
      { name: file.name, mode: file.mode ?? 0o644, mtime: new Date(0) },
      Buffer.from(file.content),
    );
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
