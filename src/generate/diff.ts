/** Lines of context around a change. */
const CONTEXT = 3;

/** The change from one text to another in the unified format, without its file names; empty if there is none. */
export function renderDiff(before: string, after: string): string {
  const edits = compare(splitLines(before), splitLines(after));
  const changed = edits.flatMap((edit, index) => (edit.sign === " " ? [] : [index]));
  const hunks: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    if (last !== undefined && index - CONTEXT <= last.to + CONTEXT) last.to = index;
    else hunks.push({ from: index, to: index });
  }
  return hunks
    .map(({ from, to }) => edits.slice(Math.max(0, from - CONTEXT), to + CONTEXT + 1))
    .map((hunk) => `${hunkHeader(hunk)}\n${hunk.map(({ sign, line }) => `${sign}${line}\n`).join("")}`)
    .join("");
}

/** A line that stays, goes or comes, with its number before and after (of the next line, where it has none). */
interface Edit {
  readonly sign: " " | "-" | "+";
  readonly line: string;
  readonly before: number;
  readonly after: number;
}

/** The shortest way from one list of lines to the other, by their longest common subsequence. */
function compare(a: readonly string[], b: readonly string[]): Edit[] {
  const width = b.length + 1;
  // common[i * width + j]: length of the longest common subsequence of a from i and b from j
  const common = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [gone, come] = [a[i], b[j]];
    const numbers = { before: i + 1, after: j + 1 };
    if (gone !== undefined && gone === come) {
      edits.push({ sign: " ", line: gone, ...numbers });
      i++;
      j++;
    } else if (gone !== undefined && (come === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ sign: "-", line: gone, ...numbers });
      i++;
    } else {
      edits.push({ sign: "+", line: come ?? "", ...numbers });
      j++;
    }
  }
  return edits;
}

function hunkHeader(hunk: readonly Edit[]): string {
  const [first] = hunk;
  const count = (sign: "-" | "+") => hunk.filter((edit) => edit.sign === " " || edit.sign === sign).length;
  return `@@ -${first?.before ?? 0},${count("-")} +${first?.after ?? 0},${count("+")} @@`;
}

function splitLines(text: string): string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
