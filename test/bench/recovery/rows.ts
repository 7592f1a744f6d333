import { MIB } from "../context.ts";
import { judge, type Row, renderCellTable, renderValue, renderVerdict, type Target } from "../report.ts";
import { percentile } from "../statistics.ts";
import type { Recovery } from "./measure.ts";

/** One line of the comparison: a figure for each supervisor, Kasmix first; undefined if it was not measured. */
export interface RecoveryRow {
  readonly name: string;
  readonly unit: Row["unit"];
  readonly values: readonly (number | undefined)[];
  readonly target?: Target;
}

/** Milliseconds. */
const GOAL: Target = { of: "value", limit: 100 };

/** The figures of the comparison. */
export function recoveryRows(subjects: readonly Recovery[]): RecoveryRow[] {
  const row = (
    name: string,
    unit: Row["unit"],
    pick: (subject: Recovery) => number | undefined,
  ): RecoveryRow => ({
    name,
    unit,
    values: subjects.map(pick),
  });
  const at = (share: number) => (numbers: readonly number[] | undefined) =>
    numbers && percentile(numbers, share);
  const [p50, p95, max] = [at(0.5), at(0.95), at(1)];
  const first = subjects[0] && p95(subjects[0].started);
  const ratio = (value: number | undefined) => (value === undefined || !first ? undefined : value / first);
  return [
    row("SIGKILL to started again, p50", "ms", ({ started }) => p50(started)),
    { ...row("… p95", "ms", ({ started }) => p95(started)), target: GOAL },
    row("… max", "ms", ({ started }) => max(started)),
    row("… p95, by Kasmix's", "", ({ started }) => ratio(p95(started))),
    row("SIGKILL to ready again, p50", "ms", ({ ready }) => p50(ready)),
    { ...row("… p95", "ms", ({ ready }) => p95(ready)), target: GOAL },
    row("… max", "ms", ({ ready }) => max(ready)),
    row("memory, RSS", "MiB", ({ memory }) => memory.rss / MIB),
    row("memory, PSS", "MiB", ({ memory }) => memory.pss / MIB),
    row("processes", "", ({ processes }) => processes),
  ];
}

/** The comparison as a table; a target is Kasmix's. */
export function renderRecovery(subjects: readonly Recovery[]): string {
  const headings = ["", ...subjects.map(({ name }) => name), "target", "verdict"];
  return renderCellTable([headings, ...recoveryRows(subjects).map(renderCells)]);
}

function renderCells({ name, unit, values, target }: RecoveryRow): string[] {
  const [kasmix] = values;
  const verdict = kasmix === undefined || !target ? {} : judge({ name, unit, kasmix, target });
  return [
    name,
    ...values.map((value) => (value === undefined ? "" : renderFigure(value, unit))),
    target ? `<= ${renderValue(target.limit, unit)}` : "",
    renderVerdict(verdict),
  ];
}

/** Small figures with a digit more: among them are a few milliseconds, and ratios near 1. */
function renderFigure(value: number, unit: Row["unit"]): string {
  if (value >= 100 || Number.isInteger(value)) return renderValue(Math.round(value), unit);
  return unit === "" ? value.toFixed(2) : `${value.toFixed(1)} ${unit}`;
}
