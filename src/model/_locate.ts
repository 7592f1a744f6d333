/**
 * The line (from 1) of a workspace.ts that has the value at a fault's path. Where that value is missing or computed, the
 * line of the nearest literal around it; `undefined` if there is none. A search and not a parser: it follows literal
 * objects and lists and skips everything else.
 */
export function locate(source: string, path: string): number | undefined {
  const start = /export\s+default[^{]*(?=\{)/.exec(source);
  if (start === null) return undefined;
  const steps = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([\w$-]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "",
  );
  const position = find(source, start.index + start[0].length, path === "workspace" ? [] : steps);
  return source.slice(0, position).split("\n").length;
}

/** Position of a place below the container that opens at `open`. */
function find(source: string, open: number, steps: readonly string[]): number {
  const [step, ...rest] = steps;
  if (step === undefined) return open;
  const isList = source[open] === "[";
  let position = skipBlank(source, open + 1);
  for (let index = 0; position < source.length && !/[\]}]/.test(source[position] ?? ""); index++) {
    if (isList && source.startsWith("...", position)) return open;
    const key = isList ? undefined : /^(?:([\w$]+)|"([^"]*)"|'([^']*)')\s*:/.exec(source.slice(position));
    const name = isList ? String(index) : (key?.[1] ?? key?.[2] ?? key?.[3]);
    const value = skipBlank(source, position + (key?.[0].length ?? 0));
    if (name === step) {
      return rest.length > 0 && /[[{]/.test(source[value] ?? "") ? find(source, value, rest) : position;
    }
    position = skipBlank(source, skipValue(source, value));
    if (source[position] === ",") position = skipBlank(source, position + 1);
  }
  return open;
}

/** Position after blanks and comments. */
function skipBlank(source: string, from: number): number {
  const blank = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  blank.lastIndex = from;
  return from + (blank.exec(source)?.[0].length ?? 0);
}

/** Position of the comma or bracket that ends the value beginning at `from`. */
function skipValue(source: string, from: number): number {
  const piece =
    /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[\s\S]/y;
  piece.lastIndex = from;
  for (let depth = 0; piece.lastIndex < source.length; ) {
    const position = piece.lastIndex;
    const text = piece.exec(source)?.[0] ?? "";
    if (depth === 0 && /^[,\]})]$/.test(text)) return position;
    if (/^[[{(]$/.test(text)) depth++;
    if (/^[\]})]$/.test(text)) depth--;
  }
  return source.length;
}
