import { createHash } from "node:crypto";

/** Points at content by what it is. */
export interface Descriptor {
  readonly mediaType: string;
  /** With `sha256:`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Something that belongs to an image. */
export interface Attachment {
  /** What it is, and the media type of its content. */
  readonly mediaType: string;
  readonly content: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest as the bytes that are sent, and its descriptor as a list of referrers has it. */
export interface Artifact {
  readonly manifest: Buffer;
  readonly descriptor: Descriptor;
  readonly blobs: readonly Buffer[];
}

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

/** What a tag or digest of an image may stand for, as a request's `Accept` has it. */
export const MANIFEST_TYPES = [
  MANIFEST,
  INDEX,
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");
/** The specification's configuration for what needs none. */
const EMPTY = Buffer.from("{}");

/** The manifest that attaches something to an image, by the OCI image specification 1.1; the same for the same input. */
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

/** The tag under which registries without a list of referrers keep one. */
export function referrersTag(digest: string): string {
  return digest.replace(":", "-");
}
