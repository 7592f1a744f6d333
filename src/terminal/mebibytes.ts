/** Bytes as MiB, whole ones from the first. */
export function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(bytes < 1024 ** 2 ? 2 : 0);
}
