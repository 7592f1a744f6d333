/** What Kasmix writes in the Nix language: plain data and paths. A field that is `undefined` is left out. */
export type NixValue = string | number | NixPath | readonly NixValue[] | NixAttributes;
export type NixAttributes = { readonly [name: string]: NixValue | undefined };

/** A path relative to the file that it stands in: `./desktop`, `../locks/desktop.json`. */
export class NixPath {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
    if (!/^\.{1,2}\//.test(path))
      throw new RangeError(`Nix path: expected ./… or ../…, got ${JSON.stringify(path)}`);
  }
}

/** Columns after which a list or set is broken into lines: the width of the project's other code. */
const WIDTH = 110;

/**
 * A value as a Nix file, laid out as nixfmt would, with a comment above it. The same value always gives the same text.
 * What Nix cannot read is refused, never written.
 */
export function printNix(value: NixValue, comment: string): string {
  return `# ${comment}\n${layout(value, { indent: 0, column: 0 })}\n`;
}

/** Where a text begins: the indentation of its line and its own column. */
interface Place {
  readonly indent: number;
  readonly column: number;
}

/** One line where that fits and reads well, else one line for each part. */
function layout(value: NixValue, place: Place, inList = false): string {
  const line = flat(value, inList);
  if (place.column + line.length <= WIDTH && !wantsLines(value, inList)) return line;
  const inner = " ".repeat(place.indent + 2);
  const stack = (opening: string, parts: readonly string[], closing: string) =>
    [opening, ...parts.map((part) => inner + part), " ".repeat(place.indent) + closing].join("\n");
  if (isList(value)) {
    const at = { indent: inner.length, column: inner.length };
    return stack(
      "[",
      value.map((item) => layout(item, at, true)),
      "]",
    );
  }
  if (!isAttributes(value)) return line;
  const bindings = entriesOf(value).map(([name, item]) => {
    const head = `${renderKey(name)} = `;
    return `${head}${layout(item, { indent: inner.length, column: inner.length + head.length + 1 })};`;
  });
  return stack("{", bindings, "}");
}

function flat(value: NixValue, inList = false): string {
  if (typeof value === "string") return renderString(value);
  if (typeof value === "number") return renderInteger(value);
  if (value instanceof NixPath) return renderPath(value.path, inList);
  if (isList(value)) return ["[", ...value.map((item) => flat(item, true)), "]"].join(" ");
  const bindings = entriesOf(value).map(([name, item]) => `${renderKey(name)} = ${flat(item)};`);
  return ["{", ...bindings, "}"].join(" ");
}

/** Whether a value reads better in lines even where it fits into one. */
function wantsLines(value: NixValue, inList: boolean): boolean {
  if (isList(value)) return value.some((item) => wantsLines(item, true));
  if (!isAttributes(value)) return false;
  const entries = entriesOf(value);
  return (!inList && entries.length > 1) || entries.some(([, item]) => wantsLines(item, false));
}

function isList(value: NixValue): value is readonly NixValue[] {
  return Array.isArray(value);
}

function isAttributes(value: NixValue): value is NixAttributes {
  return typeof value === "object" && !(value instanceof NixPath) && !isList(value);
}

function entriesOf(attributes: NixAttributes): [string, NixValue][] {
  return Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);

/** An attribute's name, in quotes where Nix would not read it as a name. */
function renderKey(key: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_'-]*$/.test(key) && !KEYWORDS.has(key) ? key : renderString(key);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "${": "\\${",
};

/**
 * A string literal. Nix knows these escapes and no `\u`: every other character stands for itself. A Nix string cannot
 * hold NUL, and a file cannot hold half a surrogate pair.
 */
function renderString(value: string): string {
  if (/[\0\p{Cs}]/u.test(value))
    throw new RangeError(`Nix string: ${JSON.stringify(value)} holds NUL or half a surrogate pair`);
  return `"${value.replace(/[\\"\n\r\t]|\$\{/g, (found) => ESCAPES[found] ?? found)}"`;
}

function renderInteger(value: number): string {
  if (Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new RangeError(`Nix integer: expected a whole number that is not negative, got ${value}`);
}

/** A path literal where its characters allow one, else `./. + "/rest"`, which a list takes only in parentheses. */
function renderPath(path: string, inList: boolean): string {
  if (/^\.{1,2}(\/[a-zA-Z0-9._+-]+)+$/.test(path)) return path;
  const slash = path.indexOf("/");
  const sum = `${path.slice(0, slash)}/. + ${renderString(path.slice(slash))}`;
  return inList ? `(${sum})` : sum;
}
