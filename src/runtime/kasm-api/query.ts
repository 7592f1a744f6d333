/** The parameters of a call, by name. */
export type Query = ReadonlyMap<string, string>;

/**
 * Reads the query of a request target. As in KasmVNC a plus is a plus, so that passwords may have it, and of several
 * with one name the first counts. Undefined when the percent signs mean nothing.
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
 * A truth: undefined where there is no word, as in `write=` or `write=1`. KasmVNC knows `true` in small letters only; any
 * other word is no.
 */
export function truth(query: Query, name: string): boolean | undefined {
  const value = query.get(name) ?? "";
  return /^[A-Za-z]/.test(value) ? value === "true" : undefined;
}
