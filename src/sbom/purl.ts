import { PackageURL } from "packageurl-js";

/**
 * A package URL as its specification has it. The library leaves a plus sign in a version as it is, which some readers take
 * for a space: Debian's versions are full of them.
 */
export function renderPurl(
  type: string,
  namespace: string | null,
  name: string,
  version: string,
  qualifiers: Readonly<Record<string, string>> = {},
): string {
  const url = new PackageURL(type, namespace, name, version, { ...qualifiers }, null);
  return url.toString().replaceAll("+", "%2B");
}
