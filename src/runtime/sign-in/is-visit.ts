import type { IncomingMessage } from "node:http";

/**
 * Whether a person opens an address in a tab, and gets pages instead of the browser's password dialog. Browsers say so
 * only where they keep the session's cookie: by https, or on their own machine. Not in a frame, because within a page of
 * another site they keep no such cookie either.
 */
export function isVisit({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}

/** Whether a page is asked for, in a tab or a frame, by any browser. */
export function wantsPage({ headers }: Pick<IncomingMessage, "headers">): boolean {
  return /\btext\/html\b/.test(headers.accept ?? "");
}
