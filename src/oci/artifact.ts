import { createHash } from "node:crypto";

/** A reference to content by its digest. */
export interface Descriptor {
  readonly mediaType: string;
  /** With `sha256:`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A document that belongs to an image. */
export interface Attachment {
  /** Media type of the content, and type of the artifact. */
  readonly mediaType: string;
  readonly content: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest as it is sent, its descriptor for a list of referrers, and its blobs. */
export interface Artifact {
  readonly manifest: Buffer;
  readonly descriptor: Descriptor;
  readonly blobs: readonly Buffer[];
}

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

/** Types of an image's manifest, for the header `Accept`. */
export const MANIFEST_TYPES = [
  MANIFEST,
  INDEX,
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
/** The specification's empty configuration. */
const EMPTY = Buffer.from("{}");

/** The manifest that attaches a document to an image, by the OCI image specification 1.1; deterministic. */
export function renderArtifact(subject: Descriptor, attachment: Attachment): Artifact {
  const { mediaType, content, annotations } = attachment;
  const more = annotations === undefined ? {} : { annotations };
  const { mediaType: subjectType, digest, size } = subject;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType: mediaType,
      config: describe("application/vnd.oci.empty.v1+json", EMPTY),
      layers: [describe(mediaType, content)],
      subject: { mediaType: subjectType, digest, size },
      ...more,
    }),
  );
  const descriptor = { ...describe(MANIFEST, manifest), artifactType: mediaType, ...more };
  return { manifest, descriptor, blobs: [EMPTY, content] };
}

/** The descriptor of these bytes. */
export function describe(mediaType: string, content: Buffer): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

/** The digest of these bytes, with `sha256:`. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** The tag for the list of referrers in registries that do not support them. */
export function referrersTag(digest: string): string {
  return digest.replace(":", "-");
}
