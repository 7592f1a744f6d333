/** The bytes of a file that an answer has, both ends included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The range that a Range header asks for. `unsatisfiable` when it begins behind the end. Undefined, for the whole file,
 * without a header, when it is of another kind, and for several ranges at once, which servers need not honour.
 */
export function readRange(header: string | undefined, size: number): Range | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes *= *(\d*) *- *(\d*)$/i.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") return suffix(Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start < size ? { start, end } : "unsatisfiable";
}

function suffix(length: number, size: number): Range | "unsatisfiable" {
  return length > 0 && size > 0 ? { start: Math.max(0, size - length), end: size - 1 } : "unsatisfiable";
}
