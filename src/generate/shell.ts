/** A word for a POSIX shell, in quotes where it needs them. */
export function shellWord(word: string): string {
  return /^[a-zA-Z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
