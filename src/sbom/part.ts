import type { Lock, LockedPackage } from "../debian/format.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import type { PinnedWheel } from "../wheels/read.ts";
import { renderPurl } from "./purl.ts";

/** A piece of software in an image, independent of the SBOM's format. */
export interface Part {
  readonly kind: "debian" | "npm" | "vendor" | "wheel" | "bundled" | "nix" | "source" | "kasmix";
  readonly name: string;
  /** Empty for a store path whose name has none. */
  readonly version: string;
  readonly purl: string;
  /** Hash of the file that it was installed from; Kasmix itself is built from source and has none. */
  readonly hash?: { readonly algorithm: "SHA-256" | "SHA-512"; readonly hex: string };
  /** Licences as the publisher names them; empty if unknown. */
  readonly licences: readonly string[];
  /** Whether the only licence is an SPDX expression; Debian's short names are not. */
  readonly isExpression: boolean;
  /** Debian's source package. */
  readonly source?: string;
  /** Where the vendor offers it for download; of a source `git+https://`, with its commit. */
  readonly url?: string;
  /** Package URL of the part whose file contains it, of what a wheel bundles. */
  readonly inside?: string;
  /** What one should know of it. */
  readonly note?: string;
}

/** Something that programs of an image were built from, outside of Debian's packages. */
export type Source = Pick<Part, "name" | "version" | "url" | "note">;

/** A package of package-lock.json that is bundled into the image. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** npm's form: `sha512-` and base64. */
  readonly integrity: string;
  readonly license?: string;
}

/** Everything that goes into an image. */
export interface Ingredients {
  readonly locks: readonly Pick<Lock, "packages">[];
  /** Licences of Debian packages by name. */
  readonly licences: ReadonlyMap<string, readonly string[]>;
  readonly npm: readonly NpmPackage[];
  /** Empty for an image without vendor software. */
  readonly vendor: readonly Pick<VendorFile, "name" | "version" | "url" | "sha256">[];
  /** Empty for an image without wheels. */
  readonly wheels: readonly PinnedWheel[];
  /** Paths of the Nix store in the image. */
  readonly store: readonly string[];
  readonly sources: readonly Source[];
  readonly kasmix: { readonly version: string; readonly license: string };
}

/**
/**
 * Every part of an image, each kind sorted by name: Kasmix, bundled npm packages, vendor software, sources, store paths,
 * wheels with what they contain, Debian packages.
 */
export function partsOf(ingredients: Ingredients): Part[] {
  const { locks, licences, npm, vendor, store, sources, wheels, kasmix } = ingredients;
  const debian = locks.flatMap(({ packages }) => packages);
  return [
    ownPart(kasmix),
    ...byName(npm).map(npmPart),
    ...byName(vendor).map(vendorPart),
    ...byName(sources).map(sourcePart),
    ...byName(store.map(storePart)),
    ...byName(wheels).flatMap(wheelParts),
    ...byName(debian).map((pkg) => debianPart(pkg, licences.get(pkg.name) ?? [])),
  ];
}

/** Whether a part is used by programs rather than being one itself, as both formats distinguish. */
export function isLibrary({ kind }: Part): boolean {
  return !["kasmix", "vendor", "source"].includes(kind);
}

function byName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function ownPart({ version, license }: Ingredients["kasmix"]): Part {
  const purl = renderPurl("generic", null, "kasmix", version);
  return { kind: "kasmix", name: "kasmix", version, purl, licences: [license], isExpression: true };
}

function npmPart({ name, version, integrity, license }: NpmPackage): Part {
  const slash = name.indexOf("/");
  const namespace = slash === -1 ? null : name.slice(0, slash);
  const purl = renderPurl("npm", namespace, name.slice(slash + 1), version);
  const hex = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
  const hash = { algorithm: "SHA-512", hex } as const;
  const licences = license === undefined ? [] : [license];
  return { kind: "npm", name, version, purl, hash, licences, isExpression: license !== undefined };
}

function vendorPart({ name, version, url, sha256 }: Ingredients["vendor"][number]): Part {
  const qualifiers = { download_url: url, checksum: `sha256:${sha256}` };
  const purl = renderPurl("generic", null, name, version, qualifiers);
  const hash = { algorithm: "SHA-256", hex: sha256 } as const;
  return { kind: "vendor", name, version, purl, hash, licences: [], isExpression: false, url };
}

function sourcePart({ name, version, url, note }: Source): Part {
  const purl = renderPurl("generic", null, name, version, url === undefined ? {} : { vcs_url: url });
  const known = { ...(url === undefined ? {} : { url }), ...(note === undefined ? {} : { note }) };
  return { kind: "source", name, version, purl, licences: [], isExpression: false, ...known };
}

/** A store path is named after its hash, name, version and, often, which output of the package it is. */
function storePart(path: string): Part {
  const [, hash = "", all = ""] = /([0-9a-z]{32})-([^/]+)$/.exec(path) ?? [];
  const [, name = all, version = "", output] =
    /^(.+?)-(\d.*?)(?:-(bin|data|dev|doc|lib|man|out))?$/.exec(all) ?? [];
  const purl = renderPurl("nix", null, name, version, {
    ...(output === undefined ? {} : { output }),
    outputhash: hash,
  });
  return { kind: "nix", name, version, purl, licences: [], isExpression: false };
}

function wheelParts({ name, version, url, sha256, licence, bundled }: PinnedWheel): Part[] {
  const purl = renderPurl("pypi", null, name, version);
  const hash = { algorithm: "SHA-256", hex: sha256 } as const;
  const common = { isExpression: true } as const;
  return [
    { kind: "wheel", name, version, purl, hash, licences: [licence], url, ...common },
    ...byName(bundled).map(({ name, version, licence }): Part => {
      const own = { name, version, purl: renderPurl("generic", null, name, version) };
      return { kind: "bundled", ...own, licences: [licence], inside: purl, ...common };
    }),
  ];
}

function debianPart(
  { name, version, architecture, path, sha256 }: LockedPackage,
  licences: readonly string[],
): Part {
  const qualifiers = { arch: architecture, distro: "debian-13" };
  const purl = renderPurl("deb", "debian", name, version, qualifiers);
  const hash = { algorithm: "SHA-256", hex: sha256 } as const;
  // The folder is named after the source: pool/main/g/glibc/libc6_2.41_amd64.deb
  const source = path.split("/").at(-2) ?? name;
  return { kind: "debian", name, version, purl, hash, licences, isExpression: false, source };
}
