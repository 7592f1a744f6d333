import { KasmixError } from "../model/error.ts";
import {
  type Artifact,
  type Attachment,
  type Descriptor,
  digestOf,
  INDEX,
  MANIFEST,
  MANIFEST_TYPES,
  referrersTag,
  renderArtifact,
} from "./artifact.ts";
import type { RegistryClient } from "./client.ts";
import { readJson } from "./read-json.ts";

/** The attached documents. */
export interface Attached {
  readonly referrers: readonly Descriptor[];
  /** The tag with the list of referrers, if the registry does not support them. */
  readonly tag?: string;
}

/**
 * Attaches documents to an image in the registry, by the referrers of the OCI distribution specification 1.1, or by the
 * specification's tag where the registry does not support them. Existing content is not sent again.
 * @param digest of the image's manifest in the registry
 * @throws KasmixError E_PUBLISH
 */
export async function attach(
  client: RegistryClient,
  digest: string,
  attachments: readonly Attachment[],
): Promise<Attached> {
  const subject = await findSubject(client, digest);
  const referrers: Descriptor[] = [];
  let isListed = true;
  for (const attachment of attachments) {
    const artifact = renderArtifact(subject, attachment);
    for (const blob of artifact.blobs) await sendBlob(client, blob);
    isListed = (await sendManifest(client, artifact)) && isListed;
    referrers.push(artifact.descriptor);
  }
  if (isListed) return { referrers };
  const tag = referrersTag(digest);
  await updateTag(client, tag, referrers);
  return { referrers, tag };
}

async function findSubject(client: RegistryClient, digest: string): Promise<Descriptor> {
  const headers = { accept: MANIFEST_TYPES };
  const path = `manifests/${digest}`;
  const { body, headers: answered } = await client.ask({ method: "GET", path, headers, expected: [200] });
  if (digestOf(body) !== digest) {
    throw new KasmixError(
      "E_PUBLISH",
      `The registry sent another manifest than the requested one: ${digest}`,
    );
  }
  const type = String(answered["content-type"] ?? "").split(";")[0];
  return { mediaType: type || MANIFEST, digest, size: body.length };
}

async function sendBlob(client: RegistryClient, content: Buffer): Promise<void> {
  const digest = digestOf(content);
  const known = await client.ask({ method: "HEAD", path: `blobs/${digest}`, expected: [200, 404] });
  if (known.status === 200) return;
  const started = await client.ask({ method: "POST", path: "blobs/uploads/", expected: [202] });
  const place = new URL(String(started.headers.location ?? ""), "relative://registry");
  place.searchParams.set("digest", digest);
  const path = place.href.replace(/^relative:\/\/registry/, "");
  const headers = { "content-type": "application/octet-stream" };
  await client.ask({ method: "PUT", path, headers, body: content, expected: [201] });
}

/** Whether the registry lists it: one that supports referrers answers with the subject. */
async function sendManifest(client: RegistryClient, { manifest, descriptor }: Artifact): Promise<boolean> {
  const path = `manifests/${descriptor.digest}`;
  const headers = { "content-type": MANIFEST };
  const answer = await client.ask({ method: "PUT", path, headers, body: manifest, expected: [201] });
  return answer.headers["oci-subject"] !== undefined;
}

/** Adds to the documents that were attached before; of two simultaneous updates, one can be lost. */
async function updateTag(client: RegistryClient, tag: string, added: readonly Descriptor[]): Promise<void> {
  const before = await readTag(client, tag);
  const known = new Set(before.map(({ digest }) => digest));
  const manifests = [...before, ...added.filter(({ digest }) => !known.has(digest))];
  if (manifests.length === before.length) return;
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
  const headers = { "content-type": INDEX };
  await client.ask({ method: "PUT", path: `manifests/${tag}`, headers, body, expected: [201] });
}

/** The referrers of an image, from the registry's list or from the tag. */
export async function readReferrers(client: RegistryClient, digest: string): Promise<Descriptor[]> {
  const headers = { accept: INDEX };
  const path = `referrers/${digest}`;
  const listed = await client.ask({ method: "GET", path, headers, expected: [200, 404] });
  return listed.status === 200 ? manifestsIn(client, listed.body) : readTag(client, referrersTag(digest));
}

async function readTag(client: RegistryClient, tag: string): Promise<Descriptor[]> {
  const headers = { accept: INDEX };
  const path = `manifests/${tag}`;
  const { status, body } = await client.ask({ method: "GET", path, headers, expected: [200, 404] });
  return status === 200 ? manifestsIn(client, body) : [];
}

function manifestsIn({ name }: RegistryClient, body: Buffer): Descriptor[] {
  const { manifests = [] }: { manifests?: Descriptor[] } = readJson(body, name);
  return manifests;
}
