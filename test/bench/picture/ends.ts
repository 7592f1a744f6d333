/** Ends something. */
export type End = () => Promise<void> | void;

/**
 * Opens something of several parts. `open` registers how each of them ends; `close` of the result ends them, the last one
 * first. When it fails, those that it has opened are ended at once.
 */
export async function openParts<T>(
  open: (atEnd: (end: End) => void) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  const ends: End[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { ...(await open((end) => void ends.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}
