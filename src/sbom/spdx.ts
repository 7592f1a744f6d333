import { isLibrary, type Part } from "./part.ts";
import { renderTime, type Subject, uuidFor } from "./subject.ts";

/** Media type of the SBOM in a registry. */
export const SPDX = "application/spdx+json";

/**
 * The SBOM as SPDX 2.3; the same image gives the same bytes. Debian's licence names are in a comment and not in the
 * expression: they are not SPDX identifiers, and each applies to some of the package's files only.
 */
export function renderSpdx(subject: Subject, parts: readonly Part[]): Readonly<Record<string, unknown>> {
  const { workspace, digest, config, version, created } = subject;
  const image = {
    name: `kasmix/${workspace}`,
    SPDXID: IMAGE,
    versionInfo: digest,
    ...UNKNOWN,
    licenseDeclared: "NOASSERTION",
    checksums: [{ algorithm: "SHA256", checksumValue: digest.replace("sha256:", "") }],
    primaryPackagePurpose: "CONTAINER",
    comment: `The image's configuration has the digest ${config} in every registry and engine.`,
  };
  const ids = identifiers(parts);
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: `kasmix/${workspace}@${digest}`,
    documentNamespace: `urn:uuid:${uuidFor(subject, "spdx")}`,
    creationInfo: { created: renderTime(created), creators: [`Tool: kasmix-${version}`] },
    packages: [image, ...parts.map((part, index) => renderPackage(part, ids[index] ?? ""))],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: IMAGE },
      ...parts.map(({ inside }, index) => ({
        spdxElementId: ids[parts.findIndex(({ purl }) => purl === inside)] ?? IMAGE,
        relationshipType: "CONTAINS",
        relatedSpdxElement: ids[index],
      })),
    ],
  };
}

const IMAGE = "SPDXRef-image";

/** Fields that the format requires and whose values are unknown. */
const UNKNOWN = {
  downloadLocation: "NOASSERTION",
  filesAnalyzed: false,
  licenseConcluded: "NOASSERTION",
  copyrightText: "NOASSERTION",
  supplier: "NOASSERTION",
} as const;

/** Identifiers have only letters, digits, dots and dashes, so different names can collide: those get a number. */
function identifiers(parts: readonly Part[]): string[] {
  const seen = new Map<string, number>();
  return parts.map(({ kind, name }) => {
    const id = `SPDXRef-${kind}-${name.replaceAll(/[^A-Za-z0-9.-]/g, "-")}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  });
}

function renderPackage(part: Part, id: string): Readonly<Record<string, unknown>> {
  const { kind, name, version, purl, hash, licences, isExpression, source, url, note } = part;
  const names = licences.join(", ");
  return {
    name,
    SPDXID: id,
    ...(version === "" ? {} : { versionInfo: version }),
    ...UNKNOWN,
    ...(url === undefined ? {} : { downloadLocation: url }),
    ...(kind === "debian" ? { supplier: "Organization: Debian" } : {}),
    licenseDeclared: isExpression ? names : "NOASSERTION",
    ...(isExpression || names === ""
      ? {}
      : { licenseComments: `Named in Debian's copyright file: ${names}` }),
    ...(source === undefined ? {} : { sourceInfo: `built from the Debian source package ${source}` }),
    ...(hash === undefined
      ? {}
      : { checksums: [{ algorithm: hash.algorithm.replace("-", ""), checksumValue: hash.hex }] }),
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }],
    primaryPackagePurpose: isLibrary(part) ? "LIBRARY" : "APPLICATION",
    ...(note === undefined ? {} : { comment: note }),
  };
}
