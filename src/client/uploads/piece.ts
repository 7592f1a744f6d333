/**
 * Bytes of one request at first. Browsers send a whole body before they see that a proxy refuses it, and nginx breaks the
 * connection off after 30 s of that; others keep whole bodies before they pass them on.
 */
export const largestPiece = 16 * 1024 ** 2;
/** What nginx lets through unless it is told otherwise. */
export const usualLimit = 1024 ** 2;
/** Bytes below which uploads would take too many requests. */
export const smallestPiece = 64_000;

/**
 * The size of the next attempt after a proxy refused a body of so many bytes; undefined for the smallest. At once down
 * to nginx's limit, because each attempt costs as many bytes; then half each time.
 */
export function smallerPiece(refused: number): number | undefined {
  if (refused <= smallestPiece) return undefined;
  return refused > usualLimit ? usualLimit : Math.max(smallestPiece, Math.floor(refused / 2));
}
