/** Bytes of a size as the model has it: `512MiB`, `2GiB`. */
export function bytesOf(size: string): number {
  return Number.parseInt(size, 10) * 1024 ** (size.endsWith("GiB") ? 3 : 2);
}
