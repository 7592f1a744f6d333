import { PackageURL } from "packageurl-js";

/**
 * A package URL. The library does not escape the plus signs that are frequent in Debian's versions, which some readers
 * take for spaces.
 */
export function renderPurl(
  type: string,
  namespace: string | null,
  name: string,
  /** May be empty. */
  version: string,
  qualifiers: Readonly<Record<string, string>> = {},
): string {
  const url = new PackageURL(type, namespace, name, version || null, { ...qualifiers }, null);
  return url.toString().replaceAll("+", "%2B");
}
