import { createHash } from "node:crypto";

/** The image that an SBOM describes. */
export interface Subject {
  /** Name of the workspace. */
  readonly workspace: string;
  /** Digest of the built manifest, with `sha256:`. */
  readonly digest: string;
  /** Digest of its configuration, which does not depend on how registries and engines compress layers. */
  readonly config: string;
  readonly architecture: string;
  /** Kasmix's version. */
  readonly version: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A UUID that only depends on image and purpose, of the version for custom algorithms (8, RFC 9562). */
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

/** A time as both formats write it: UTC, without fractions of a second. */
export function renderTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
