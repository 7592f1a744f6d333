/** Puts text in a colour or weight; each gives it back unchanged where there is none. */
export type Style = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow", (text: string) => string>>;

/** Whether colour is wanted, by the conventions of NO_COLOR and TERM=dumb; in CI it is not. */
export function wantsColor(environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment.NO_COLOR || environment.TERM === "dumb" || environment.CI) return false;
  return true;
}

/** The styles of a terminal, or of anything else. */
export function createStyle(color: boolean): Style {
  const paint = (on: number, off: number) => (text: string) =>
    color && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
  };
}
