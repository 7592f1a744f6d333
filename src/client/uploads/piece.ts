/** Bytes of one request at first: a proxy may keep a whole body before it passes it on. */
export const largestPiece = 64 * 1024 ** 2;
/** What nginx lets through unless it is told otherwise. */
const usualLimit = 1024 ** 2;
/** Bytes below which uploads would take too many requests. */
export const smallestPiece = 64 * 1024;

/**
 * The size of the next attempt after a proxy refused a body of so many bytes; undefined for the smallest. At once down
 * to nginx's limit, because browsers may send the whole body before they see that it is refused; then half each time.
 */
export function smallerPiece(refused: number): number | undefined {
  if (refused <= smallestPiece) return undefined;
  return refused > usualLimit ? usualLimit : Math.max(smallestPiece, Math.floor(refused / 2));
}
