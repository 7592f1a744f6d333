import type { Subject } from "./subject.ts";

/** Media type of an in-toto statement in a registry. */
export const IN_TOTO = "application/vnd.in-toto+json";
/** SLSA's type of the statement's predicate. */
export const SLSA = "https://slsa.dev/provenance/v1";

/** What an image was built from, and by which tools. */
export interface Origin {
  readonly source: Source;
  /** SHA-256 in hexadecimal, by path from the project's root, of the files that pin something. */
  readonly pins: Readonly<Record<string, string>>;
  readonly vendor: readonly Download[];
  readonly wheels: readonly Download[];
  /** Version of Nix. */
  readonly nix: string;
}

interface Download {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
}

/** The checkout's commit, or why there is none. */
export type Source = { readonly commit: string } | { readonly commit: undefined; readonly reason: string };

/** An image in a registry. */
export interface Pushed {
  /** Host and repository, without a tag. */
  readonly name: string;
  /** Digest of its manifest in the registry. */
  readonly digest: string;
}

/**
 * How a pushed image was built: an in-toto statement with SLSA's provenance 1.0 as its predicate. It contains neither the
 * time nor anything about the machine, so that every rebuild gives the same statement.
 */
export function renderProvenance(
  pushed: Pushed,
  subject: Subject,
  origin: Origin,
): Readonly<Record<string, unknown>> {
  const { workspace, version, digest, architecture } = subject;
  const { source, nix } = origin;
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: pushed.name, digest: { sha256: hex(pushed.digest) } }],
    predicateType: SLSA,
    predicate: {
      buildDefinition: {
        buildType: "urn:kasmix:build:1",
        externalParameters: {
          ...{ workspace, architecture },
          vendor: origin.vendor.length > 0,
          wheels: origin.wheels.length > 0,
        },
        internalParameters: {
          nix: { sandbox: true, substitute: false },
          ...(source.commit === undefined ? { source: source.reason } : {}),
        },
        resolvedDependencies: dependencies(origin),
      },
      runDetails: {
        builder: { id: "urn:kasmix:builder", version: { kasmix: version, nix } },
        byproducts: [
          { name: "image before its layers were compressed", digest: { sha256: hex(digest) } },
          { name: "configuration of the image", digest: { sha256: hex(subject.config) } },
        ],
      },
    },
  };
}

function dependencies({ source, pins, vendor, wheels }: Origin): readonly unknown[] {
  const downloads = (folder: string, files: readonly Download[]) =>
    files.map(({ name, url, sha256 }) => ({ name: `${folder}/${name}`, uri: url, digest: { sha256 } }));
  const files = Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...(source.commit === undefined ? [] : [{ name: "source", digest: { gitCommit: source.commit } }]),
    ...files.map(([name, sha256]) => ({ name, digest: { sha256 } })),
    ...downloads("vendor", vendor),
    ...downloads("wheel", wheels),
  ];
}

function hex(digest: string): string {
  return digest.replace(/^sha256:/, "");
}
