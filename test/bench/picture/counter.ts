/**
 * The number of a picture as a row of black and white blocks in its upper left corner, so that it can be read from what a
 * browser shows, whatever compressed it: a Gray code, of which two neighbours mixed still are one of them, and a check.
 */
export const BLOCK = 16;
export const BLOCKS = 16;
/** Numbers begin again after as many. */
export const NUMBERS = 2 ** 12;

/** The part of the row that every next number changes: its check. */
export const CHANGING = { x: (BLOCKS - 4) * BLOCK, y: 0, width: 4 * BLOCK, height: BLOCK };

/** Whether each block of a number is white, from left to right. */
export function blocksOf(number: number): boolean[] {
  const gray = (number % NUMBERS) ^ ((number % NUMBERS) >> 1);
  const code = (gray << 4) | checkOf(gray);
  return Array.from({ length: BLOCKS }, (_, at) => ((code >> (BLOCKS - 1 - at)) & 1) === 1);
}

/** The number that the brightness (0 to 255) of each block means; undefined where it is none. */
export function readBlocks(brightness: readonly number[]): number | undefined {
  if (brightness.length !== BLOCKS || brightness.some((value) => value > DARK && value < BRIGHT))
    return undefined;
  const code = brightness.reduce((sum, value) => (sum << 1) | Number(value >= BRIGHT), 0);
  const gray = code >> 4;
  if (checkOf(gray) !== (code & 0xf)) return undefined;
  let number = gray;
  for (let rest = gray >> 1; rest > 0; rest >>= 1) number ^= rest;
  return number;
}

/** Brightness up to which a block counts as black, and from which on as white. */
const [DARK, BRIGHT] = [80, 176];

/** Neither a black nor a white row is a number. */
function checkOf(gray: number): number {
  return (gray ^ (gray >> 4) ^ (gray >> 8) ^ 0b1010) & 0xf;
}
