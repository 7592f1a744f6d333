import { type Descriptor, digestOf, INDEX, MANIFEST_TYPES } from "./artifact.ts";
import type { RegistryClient } from "./client.ts";
import { readJson } from "./read-json.ts";

/** An image of a tag, and its architecture: `amd64`, `arm64`. */
export interface PlatformImage {
  readonly architecture: string;
  readonly descriptor: Descriptor;
}

/** The images of a tag: those of its index, or a single one. Empty if the tag does not exist. */
export async function readArchitectures(client: RegistryClient, tag: string): Promise<PlatformImage[]> {
  const headers = { accept: MANIFEST_TYPES };
  const path = `manifests/${tag}`;
  const answer = await client.ask({ method: "GET", path, headers, expected: [200, 404] });
  if (answer.status === 404) return [];
  const value: Manifest = readJson(answer.body, client.name);
  if (value.manifests) {
    // Other builders add attestations to the index, for the architecture "unknown".
    return value.manifests.flatMap(({ platform: { architecture = "unknown" } = {}, ...descriptor }) =>
      architecture === "unknown" ? [] : [{ architecture, descriptor }],
    );
  }
  const mediaType = String(answer.headers["content-type"] ?? "").split(";")[0] ?? "";
  const descriptor = { mediaType, digest: digestOf(answer.body), size: answer.body.length };
  const architecture = await architectureOf(client, value.config?.digest);
  return architecture === undefined ? [] : [{ architecture, descriptor }];
}

/**
 * Writes an index of several images under a tag, one for each architecture.
 * @returns the digest of the index
 */
export async function writeArchitectures(
  client: RegistryClient,
  tag: string,
  images: readonly PlatformImage[],
): Promise<string> {
  const manifests = [...images]
    .sort((a, b) => (a.architecture < b.architecture ? -1 : 1))
    .map(({ architecture, descriptor }) => ({ ...descriptor, platform: { architecture, os: "linux" } }));
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  const headers = { "content-type": INDEX };
  await client.ask({ method: "PUT", path: `manifests/${tag}`, headers, body, expected: [201] });
  return digestOf(body);
}

/** A manifest, or an index of some. */
interface Manifest {
  readonly config?: { readonly digest: string };
  readonly manifests?: readonly (Descriptor & { readonly platform?: { readonly architecture?: string } })[];
}

async function architectureOf(client: RegistryClient, config?: string): Promise<string | undefined> {
  if (config === undefined) return undefined;
  const { body } = await client.ask({ method: "GET", path: `blobs/${config}`, expected: [200] });
  const { architecture }: { architecture?: string } = readJson(body, client.name);
  return architecture;
}
