/**
 * The known name that was most likely meant, or `undefined` if none is close: up to a third of its letters (at least one)
 * may be added, missing, changed or swapped with a neighbour, or it begins with all of the given name, as `firefox-esr`
 * does with `firefox`. Of names that are equally close, the one with the longer common beginning is taken, then the
 * shorter one. `edits` lowers the most that may differ.
 */
export function suggest(
  given: string,
  known: readonly string[],
  { edits = Number.POSITIVE_INFINITY } = {},
): string | undefined {
  if (given.length > LONGEST) return undefined;
  const near = known
    .map((name) => measure(given.toLowerCase(), name))
    .filter((entry) => entry.edits <= Math.min(edits, Math.max(1, Math.floor(entry.name.length / 3))))
    .sort((a, b) => a.edits - b.edits || b.common - a.common || a.name.length - b.name.length);
  return near[0]?.name;
}

/** ` Did you mean "display"?` with a blank before it, or an empty text if no known name is close. */
export function didYouMean(given: string, known: readonly string[]): string {
  const name = suggest(given, known);
  return name === undefined ? "" : ` Did you mean "${name}"?`;
}

/** How far a known name is from the given one: a name that continues it counts as one edit. */
function measure(given: string, name: string): { name: string; edits: number; common: number } {
  const lower = name.toLowerCase();
  const different = [...given].findIndex((letter, index) => letter !== lower[index]);
  const common = different < 0 ? given.length : different;
  const continues =
    given.length >= SHORTEST && lower.startsWith(given) && !/^[a-z]/.test(lower.slice(common));
  return { name, common, edits: continues ? 1 : distance(given, lower) };
}

/** Letters of the longest name: to compare longer ones would take for ever, and a file may be a stranger's. */
const LONGEST = 200;

/** Letters from which a beginning says something. */
const SHORTEST = 3;

/** Edits from one text to the other, a swap of neighbours being one (optimal string alignment). */
function distance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, change, swap));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
