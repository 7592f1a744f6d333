/** The parameters of a call, by name. */
export type Query = ReadonlyMap<string, string>;

/**
 * Reads the query of a request target. As in KasmVNC, a plus means a plus, so that passwords may contain it, and the
 * first of several parameters with the same name counts. Undefined for an invalid percent-encoding.
 */
export function readQuery(target: string): Query | undefined {
  const [, text = ""] = /\?([^#]*)/.exec(target) ?? [];
  const query = new Map<string, string>();
  try {
    for (const pair of text.split("&")) {
      const [name = "", ...value] = pair.split("=").map(decodeURIComponent);
      if (!query.has(name)) query.set(name, value.join("="));
    }
    return query;
  } catch {
    return undefined;
  }
}

/**
 * Reads a boolean as KasmVNC does: only `true` in lower case is true, any other word is false. Undefined without a
 * word, as in `write=` or `write=1`.
 */
export function readFlag(query: Query, name: string): boolean | undefined {
  const value = query.get(name) ?? "";
  return /^[A-Za-z]/.test(value) ? value === "true" : undefined;
}
