import { isLibrary, type Part } from "./part.ts";
import { renderPurl } from "./purl.ts";
import { renderTime, type Subject, uuidFor } from "./subject.ts";

/** Media type of the SBOM in a registry. */
export const CYCLONEDX = "application/vnd.cyclonedx+json";

/**
 * The SBOM as CycloneDX 1.6; the same image gives the same bytes. It states that it is complete at the level of packages,
 * that the content of vendors' packages is unknown, and that of wheels is known in part. The official library would
 * render the same from a model of its own with as much code, so only its schema is used, by tests.
 */
export function renderCycloneDx(subject: Subject, parts: readonly Part[]): Readonly<Record<string, unknown>> {
  const { workspace, digest, config, version, created } = subject;
  const root = imagePurl(subject);
  const component = {
    type: "container",
    "bom-ref": root,
    name: `kasmix/${workspace}`,
    version: digest,
    hashes: [{ alg: "SHA-256", content: digest.replace("sha256:", "") }],
    purl: root,
    properties: [{ name: "kasmix:image:config", value: config }],
  };
  const purlsOf = (kind: Part["kind"]) => parts.filter((part) => part.kind === kind).map(({ purl }) => purl);
  const [vendors, wheels] = [purlsOf("vendor"), purlsOf("wheel")];
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidFor(subject, "cyclonedx")}`,
    version: 1,
    metadata: {
      timestamp: renderTime(created),
      tools: { components: [{ type: "application", name: "kasmix", version }] },
      component,
    },
    components: parts.map(renderComponent),
    dependencies: [root, ...wheels].map((ref) => ({
      ref,
      dependsOn: parts.filter(({ inside = root }) => inside === ref).map(({ purl }) => purl),
    })),
    compositions: [
      { aggregate: "complete", assemblies: [root] },
      ...(vendors.length === 0 ? [] : [{ aggregate: "unknown", assemblies: vendors }]),
      ...(wheels.length === 0 ? [] : [{ aggregate: "incomplete", assemblies: wheels }]),
    ],
  };
}

function imagePurl({ workspace, digest, architecture }: Subject): string {
  return renderPurl("oci", null, workspace, digest, { arch: architecture });
}

function renderComponent(part: Part): Readonly<Record<string, unknown>> {
  const { kind, name, version, purl, hash, source, url, note } = part;
  const properties = [
    { name: "kasmix:kind", value: kind },
    ...(source === undefined ? [] : [{ name: "kasmix:debian:source", value: source }]),
  ];
  return {
    type: isLibrary(part) ? "library" : "application",
    "bom-ref": purl,
    name,
    ...(version === "" ? {} : { version }),
    ...(hash === undefined ? {} : { hashes: [{ alg: hash.algorithm, content: hash.hex }] }),
    ...(part.licences.length === 0 ? {} : { licenses: renderLicences(part) }),
    purl,
    ...(url === undefined
      ? {}
      : { externalReferences: [{ type: kind === "source" ? "vcs" : "distribution", url }] }),
    ...(note === undefined ? {} : { pedigree: { notes: note } }),
    properties,
  };
}

function renderLicences({ licences, isExpression }: Part): readonly unknown[] {
  const acknowledgement = "declared";
  if (isExpression) return licences.map((expression) => ({ expression, acknowledgement }));
  return licences.map((name) => ({ license: { name, acknowledgement } }));
}
