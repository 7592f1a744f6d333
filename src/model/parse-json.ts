/** A value, or the place from which a text is not JSON. */
export type ParsedJson =
  | { readonly value: unknown; readonly problem?: undefined }
  | { readonly problem: JsonProblem };

export interface JsonProblem {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** `is not JSON: Expected ':' after property name`. */
  readonly message: string;
}

/** Parses JSON. Node names a fault's position in the text, if any; people need the line and the column. */
export function parseJson(text: string): ParsedJson {
  const reason = problemOf(text);
  if (reason === undefined) return { value: JSON.parse(text) };
  const before = text.slice(0, faultAt(text)).split("\n");
  // Without the position and without a part of the text, which may be a stranger's.
  const said = reason.replace(/(, .*)? is not valid JSON$|( in JSON)? at position .*$/s, "");
  return {
    problem: {
      line: before.length,
      column: (before.at(-1) ?? "").length + 1,
      message: `is not JSON: ${said.replaceAll("\n", "\\n")}`,
    },
  };
}

/** Node's reason why a text is not JSON. */
function problemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Where the fault is: the length of the longest beginning to which valid JSON could still be added. */
function faultAt(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canContinue(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function canContinue(beginning: string): boolean {
  const reason = problemOf(beginning);
  if (reason === undefined || /end of JSON input|^Unterminated string/.test(reason)) return true;
  const position = /at position (\d+)/.exec(reason)?.[1];
  return position !== undefined && Number(position) >= beginning.length;
}
