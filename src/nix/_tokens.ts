const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);
/** Ordinary names in Nix, hence open to shadowing: a binding must not take them without quotes. */
const CONSTANTS = new Set(["true", "false", "null"]);
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z0-9_'-]*$/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "${": "\\${",
};

/**
 * A string literal. Nix knows five escapes and no `\u`: every other character, control characters too, stands
 * for itself. NUL cannot be in a Nix string, half a surrogate pair cannot be in a file.
 */
export function renderString(value: string): string {
  if (value.includes("\0"))
    throw new RangeError(`Nix string: ${JSON.stringify(value)} holds a NUL character`);
  if (/\p{Cs}/u.test(value)) {
    throw new RangeError(`Nix string: ${JSON.stringify(value)} holds half a surrogate pair`);
  }
  return `"${value.replace(/[\\"\n\r\t]|\$\{/g, (found) => ESCAPES[found] ?? found)}"`;
}

/** A variable's name. Throws for one that Nix would not read as such. */
export function renderName(name: string): string {
  if (!IDENTIFIER.test(name) || KEYWORDS.has(name)) {
    throw new RangeError(`Nix name: ${JSON.stringify(name)} is not one`);
  }
  return name;
}

/** A name that a function or `let` brings into scope. Throws for one that would hide `true`, `false` or `null`. */
export function renderBoundName(name: string): string {
  if (CONSTANTS.has(name)) throw new RangeError(`Nix name: ${name} must not be bound to something else`);
  return renderName(name);
}

/** A key of an attribute set, in quotes where it is no plain name. */
export function renderKey(key: string): string {
  return IDENTIFIER.test(key) && !KEYWORDS.has(key) && !CONSTANTS.has(key) ? key : renderString(key);
}

/**
 * A path literal where its characters allow one, else `./. + "/rest"`.
 * @returns the text and whether it is an addition, which may need parentheses
 */
export function renderPath(path: string): { text: string; isSum: boolean } {
  if (/^\.{1,2}(\/[a-zA-Z0-9._+-]+)+$/.test(path)) return { text: path, isSum: false };
  const [dots, rest] = [path.slice(0, path.indexOf("/")), path.slice(path.indexOf("/"))];
  if (rest === "/") return { text: `${dots}/.`, isSum: false };
  return { text: `${dots}/. + ${renderString(rest)}`, isSum: true };
}

/** An integer literal; the smallest one can only be written as a difference. */
export function renderInteger(value: bigint): { text: string; isSum: boolean } {
  if (value === -(2n ** 63n)) return { text: `${value + 1n} - 1`, isSum: true };
  return { text: String(value), isSum: false };
}

/** A float literal, which in Nix has a dot: 1e-7 is `1.0e-7`. */
export function renderFloat(value: number): string {
  const [mantissa = "", exponent] = String(value).split("e");
  const dotted = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? dotted : `${dotted}e${exponent}`;
}
