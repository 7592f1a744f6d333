/** One thing that was measured. */
export interface Row {
  readonly name: string;
  /** Of both values; empty for a count. */
  readonly unit: "s" | "ms" | "MiB" | "";
  readonly kasmix: number;
  /** The same for the Dockerfile with the same packages. @default not compared */
  readonly dockerfile?: number;
  readonly target?: Target;
}

/** The target of a figure: the largest value, or the largest ratio to the Dockerfile's. */
export interface Target {
  readonly of: "value" | "ratio";
  readonly limit: number;
}

/** A row with its ratio and result. */
export interface JudgedRow extends Row {
  /** Kasmix by Dockerfile. */
  readonly ratio?: number;
  readonly met?: boolean | undefined;
  /** By how much the target was missed, as a share of it. */
  readonly missedBy?: number | undefined;
}

/** Ratio and verdict of a row. A target for a ratio without a Dockerfile's figure is left without a verdict. */
export function judge(row: Row): JudgedRow {
  const ratio = row.dockerfile === undefined ? undefined : row.kasmix / row.dockerfile;
  const known = ratio === undefined ? row : { ...row, ratio };
  if (row.target === undefined) return known;
  const reached = row.target.of === "value" ? row.kasmix : ratio;
  if (reached === undefined) return known;
  const { limit } = row.target;
  return reached <= limit ? { ...known, met: true } : { ...known, met: false, missedBy: reached / limit - 1 };
}

const HEADINGS = ["", "Kasmix", "Dockerfile", "ratio", "target", "verdict"];

/** The rows as a Markdown table whose columns are aligned in plain text as well. */
export function renderTable(rows: readonly Row[]): string {
  return renderCellTable([HEADINGS, ...rows.map((row) => renderCells(judge(row)))]);
}

/** Lines of cells, the first with headings: the first and last column are aligned left, figures right. */
export function renderCellTable(cells: readonly (readonly string[])[]): string {
  const last = (cells[0]?.length ?? 0) - 1;
  const isWords = (column: number) => column === 0 || column === last;
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(3, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const pad = (text: string, column: number) =>
    isWords(column) ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const lines = cells.map((line) => `| ${line.map(pad).join(" | ")} |`);
  const rule = widths.map((width, column) =>
    isWords(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [lines[0], `| ${rule.join(" | ")} |`, ...lines.slice(1)].join("\n");
}

function renderCells({ name, unit, kasmix, dockerfile, ratio, target, met, missedBy }: JudgedRow): string[] {
  return [
    name,
    renderValue(kasmix, unit),
    dockerfile === undefined ? "" : renderValue(dockerfile, unit),
    ratio === undefined ? "" : ratio.toFixed(2),
    target === undefined
      ? ""
      : `<= ${target.of === "value" ? renderValue(target.limit, unit) : target.limit}`,
    renderVerdict({ met, missedBy }),
  ];
}

/** Whether a target was met; empty without a target. */
export function renderVerdict({ met, missedBy }: Pick<JudgedRow, "met" | "missedBy">): string {
  return met === undefined ? "" : met ? "met" : `missed by ${renderShare(missedBy ?? 0)}`;
}

/** A figure with its unit, rounded to its accuracy. */
export function renderValue(value: number, unit: Row["unit"]): string {
  const digits = unit === "s" ? (value < 10 ? 2 : 1) : 0;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}

function renderShare(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
