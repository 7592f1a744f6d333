/** The middle one of some numbers; with an even count, the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new RangeError("The median needs at least one number.");
  const sorted = numbers.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return (lower + upper) / 2;
}

/** Whether two readings differ by less than a share of the greater one, so that a value counts as settled. */
export function isSettled(before: number, after: number, share = 0.01): boolean {
  return Math.abs(after - before) <= share * Math.max(before, after);
}

/** Bytes that an engine prints: `123.4MiB`, `1.2GB`. Throws RangeError for anything else. */
export function parseBytes(text: string): number {
  const match = /^([0-9.]+)\s*([kKMGT]?)(i?)B$/.exec(text.trim());
  if (match === null) throw new RangeError(`"${text}" is not an amount of memory.`);
  const [, amount, prefix = "", binary] = match;
  const power = ["", "K", "M", "G", "T"].indexOf(prefix.toUpperCase());
  return Number(amount) * (binary === "i" ? 1024 : 1000) ** power;
}

/** The least value that at least a share of the numbers do not exceed: 0.95 of 20 is the 19th. */
export function percentile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new RangeError("The percentile needs at least one number.");
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** A value at a time. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How much y grows with each x on the line that fits best; 0 with fewer than two different x. */
export function slope(points: readonly Point[]): number {
  const mean = (pick: (point: Point) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [x0, y0] = [mean((point) => point.x), mean((point) => point.y)];
  const covariance = points.reduce((sum, { x, y }) => sum + (x - x0) * (y - y0), 0);
  const variance = points.reduce((sum, { x }) => sum + (x - x0) ** 2, 0);
  return variance > 0 ? covariance / variance : 0;
}
