/**
 * The WebSocket address for a page: `websockify` beside the page, so that it works below any path prefix, or the
 * page's `?path=`: beside the page as in noVNC, or from the root with a leading slash. A path to another origin is
 * ignored. `pageId` identifies the page to the server.
 */
export function webSocketAddress(page: URL, pageId?: string): string {
  const path = page.searchParams.get("path") || "websockify";
  const asked = new URL(path.startsWith("/") ? path : `./${path}`, page);
  const address = asked.origin === page.origin ? asked : new URL("./websockify", page);
  address.protocol = page.protocol === "http:" ? "ws:" : "wss:";
  address.hash = "";
  if (pageId !== undefined) address.searchParams.set("page", pageId);
  return address.href;
}
