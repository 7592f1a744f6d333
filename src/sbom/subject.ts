import { createHash } from "node:crypto";

/** The image that a bill is about. */
export interface Subject {
  /** Name of the workspace. */
  readonly workspace: string;
  /** Digest of the manifest that was built, with `sha256:`. */
  readonly digest: string;
  /** Digest of its configuration: the same in every registry and engine, however the layers are compressed. */
  readonly config: string;
  readonly architecture: string;
  /** Kasmix's version. */
  readonly version: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A UUID that always is the same for an image and a purpose; version 8 is that of one's own making (RFC 9562). */
export function uuidFor({ digest }: Pick<Subject, "digest">, purpose: string): string {
  const hex = createHash("sha256").update(`${purpose} ${digest}`).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}

/** A moment as both formats write it, in UTC and without fractions of a second. */
export function renderTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
