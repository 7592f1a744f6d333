/**
 * The URL in a text, relative to `base` if given; undefined when there is none. In place of `URL.canParse`, which in
 * Node 20 fails for any text beyond ASCII once V8 has compiled its caller.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
