/** What kind of name is not for the browser. */
export type NameKind =
  | "loopback-name"
  | "metadata-name"
  | "cluster-name"
  | "private-name"
  | "single-label"
  | "malformed-name";

/**
 * Why a name is none of the internet's; undefined for one that is, whatever it resolves to. `name` is in lower case
 * and without the final dot, as `plainName` gives it.
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

/** A host as `new URL` gives it, without the final dot that means the same. */
export function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** What `new URL` lets through is more than what a name can have. International names are punycode by now. */
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

/** Last labels that no public name has: mDNS, container engines and clouds, and those that networks use for their own. */
const PRIVATE = new Set(["local", "internal", "intranet", "private", "corp", "home", "lan"]);

/** Kubernetes' names: `service.namespace.svc` with whatever domain the cluster has; `x.svc.ms` is a public one. */
function isClusterName(name: string, labels: readonly string[]): boolean {
  return labels.at(-1) === "svc" || labels.includes("svc", 2) || `.${name}`.endsWith(".cluster.local");
}
