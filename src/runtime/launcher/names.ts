/** Why the browser may not open a name. */
export type NameKind =
  | "loopback-name"
  | "metadata-name"
  | "cluster-name"
  | "private-name"
  | "single-label"
  | "malformed-name";

/**
 * Why a name is not a public one; undefined for a public name, whatever it resolves to. `name` is normalised by
 * `plainName`.
 */
export function nameKindOf(name: string): NameKind | undefined {
  const labels = name.split(".");
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) return "malformed-name";
  const last = labels.at(-1) ?? "";
  if (LOOPBACK.has(last) || LOOPBACK.has(name)) return "loopback-name";
  if (METADATA.has(name)) return "metadata-name";
  if (isClusterName(name, labels)) return "cluster-name";
  if (labels.length === 1) return "single-label";
  return PRIVATE.has(last) || name.endsWith(".home.arpa") ? "private-name" : undefined;
}

/** A host in the form of `new URL`, in lower case and without the final dot. */
export function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** Stricter than `new URL`. International names are punycode here. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

const LOOPBACK = new Set(["localhost", "localhost6", "localdomain", "ip6-localhost", "ip6-loopback"]);

const METADATA = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
  "metadata.tencentyun.com",
  "metadata.platformequinix.com",
  "metadata.packet.net",
]);

/** Top-level labels of private names: mDNS, container engines, clouds, and those that companies use. */
const PRIVATE = new Set(["local", "internal", "intranet", "private", "corp", "home", "lan"]);

/** Kubernetes' names: `service.namespace.svc` and any domain of the cluster behind it; `x.svc.ms` is public. */
function isClusterName(name: string, labels: readonly string[]): boolean {
  return labels.at(-1) === "svc" || labels.includes("svc", 2) || `.${name}`.endsWith(".cluster.local");
}
