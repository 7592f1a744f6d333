/** Of one connection only: not passed on (RFC 9110, 7.6.1), and what clients say to a proxy. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers of a message that are for its other end: names and values by turns, as Node's `rawHeaders` are, without
 * those of this connection, those that Connection names, and those in `more`.
 */
export function endToEnd(rawHeaders: readonly string[], more: readonly string[] = []): string[] {
  const pairs = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  );
  const named = pairs
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((token) => token.trim().toLowerCase()));
  const dropped = new Set([...HOP_BY_HOP, ...named, ...more]);
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat();
}
