/** The keysyms of every key, by its number. */
export type KeyMap = ReadonlyMap<number, readonly number[]>;

/** Least number of spare keys, which have no keysym. */
const FEWEST_SPARE = 48;
/** Number of keys that are made spare at a time. */
const BATCH = 32;

/**
 * The keys to make spare. The display server permanently assigns a spare key to each typed character that no key has, and
 * without one the character is lost: after some thirty Russian letters or kanji. So multimedia keys are spare from the
 * beginning, and later the keys that were assigned first: `given`, the oldest first.
 */
export function keysToClear(map: KeyMap, given: readonly number[]): number[] {
  const spare = [...map.values()].filter(isSpare).length;
  return spare >= FEWEST_SPARE ? [] : given.slice(0, BATCH);
}

/** Keys that only have meanings such as "louder" and "open the browser", which a page never gets. */
export function multimediaKeys(map: KeyMap): number[] {
  return [...map].flatMap(([key, keysyms]) => {
    const meanings = keysyms.filter((keysym) => keysym !== 0);
    return meanings.length > 0 && meanings.every((keysym) => keysym >>> 16 === 0x1008) ? [key] : [];
  });
}

/** Keys that were spare before and are assigned now. */
export function newlyGiven(before: KeyMap, now: KeyMap): number[] {
  return [...now].flatMap(([key, keysyms]) =>
    !isSpare(keysyms) && isSpare(before.get(key) ?? []) ? [key] : [],
  );
}

/** Groups neighbours: each run is one request, and every program is told about each request. */
export function runsOf(keys: readonly number[]): { first: number; count: number }[] {
  const runs: { first: number; count: number }[] = [];
  for (const key of [...keys].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.first + last.count === key) last.count += 1;
    else runs.push({ first: key, count: 1 });
  }
  return runs;
}

function isSpare(keysyms: readonly number[]): boolean {
  return keysyms.every((keysym) => keysym === 0);
}
