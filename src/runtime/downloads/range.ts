/** A range of bytes, both ends included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * The range in a Range header; `unsatisfiable` when it begins behind the end of the file. Undefined means the whole
 * file: without a header, for other units, and for several ranges, which servers need not support.
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
