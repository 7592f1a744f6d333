/** Functions that colour or embolden text, or return it unchanged without a terminal. */
export type Style = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow", (text: string) => string>>;

/** Whether colour is wanted, by the conventions of NO_COLOR, TERM=dumb and CI. */
export function wantsColor(environment: Readonly<Record<string, string | undefined>>): boolean {
  return !(environment.NO_COLOR || environment.TERM === "dumb" || environment.CI);
}

/** Styles with or without colour. Node's own `styleText` needs a newer version than package.json asks for. */
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
