import { renderCellTable, renderVerdict } from "../report.ts";
import { median, percentile } from "../statistics.ts";
import { type Goal, goalFor, judgeGoal } from "./goals.ts";
import type { Measurement, Pictures } from "./measure.ts";
import type { Sample } from "./sample.ts";

/** One line of the comparison; undefined where something was not measured. */
export interface PictureRow {
  /** What is shown to how many; the same in all rows of a block. */
  readonly block: string;
  readonly name: string;
  /** Of figures in the table. */
  readonly digits: number;
  readonly isMoreBetter: boolean;
  /** When the content is drawn and nobody looks. */
  readonly nobody: number | undefined;
  /** Of each subject, Kasmix's own first. */
  readonly values: readonly (number | undefined)[];
}

/** The figures of the comparison: medians of samples and stops, and percentiles of the latencies. */
export function pictureRows(pictures: Pictures): PictureRow[] {
  const { measurements, subjects } = pictures;
  const blocks = new Map<string, Measurement[]>();
  for (const each of measurements.filter(({ viewers }) => viewers > 0)) {
    const block = `${each.content}, ${each.viewers === 1 ? "1 viewer" : `${each.viewers} viewers`}`;
    blocks.set(block, [...(blocks.get(block) ?? []), each]);
  }
  const measured = [...blocks].flatMap(([block, found]) => {
    const nobody = measurements.find(
      ({ content, viewers }) => viewers === 0 && content === found[0]?.content,
    );
    return measuredRows({ block, subjects, found, nobody });
  });
  return [...measured, ...latencyRows(pictures)];
}

/** The comparison as a table with ratios to Kasmix's own figures, and with whom it was compared. */
export function renderPicture(pictures: Pictures): string {
  const { subjects, versions, leftOut, failures } = pictures;
  const others = subjects.slice(1);
  const headings = ["", "nobody", ...subjects, ...others.map((other) => `by ${other}`), "goal", "verdict"];
  const rows = pictureRows(pictures);
  const table = renderCellTable([headings, ...rows.map((row) => renderCells(row, subjects))]);
  const present = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    table,
    ...others.map((other, index) => renderBehind(rows, other, index + 1)),
    ...(present.length > 0 ? [`Compared with ${present.join(" and ")}.`] : []),
    ...Object.entries(leftOut).map(([name, reason]) => `${name} is left out: ${reason}`),
    ...failures.map((failure) => `Not measured: ${failure}`),
  ].join("\n\n");
}

interface Block {
  readonly block: string;
  readonly subjects: readonly string[];
  readonly found: readonly Measurement[];
  readonly nobody: Measurement | undefined;
}

type Pick = (measured: Measurement) => number | undefined;

/** A row for each figure that makes sense for the content and the number of viewers. */
function measuredRows({ block, subjects, found, nobody }: Block): PictureRow[] {
  const row = (name: string, digits: number, pick: Pick): PictureRow => ({
    ...{ block, name, digits, nobody: undefined, isMoreBetter: /^(pictures|SSIM)/.test(name) },
    values: subjects.map((subject) => {
      const measured = found.find((each) => each.subject === subject);
      return measured && pick(measured);
    }),
  });
  const processor = middle(({ processor }) => processor);
  const added: Pick = (measured) => (processor(measured) ?? 0) - ((nobody && processor(nobody)) ?? 0);
  const each = (pick: Pick) => (measured: Measurement) =>
    (pick(measured) ?? 0) / (middle(seenByAll)(measured) ?? 0);
  const bits = middle(({ bits }) => bits);
  const moving = [
    row(
      "pictures/s in the browser",
      1,
      middle(({ shown }) => shown),
    ),
    row(
      "pictures/s of the slowest other",
      1,
      middle(({ others }) => least(others)),
    ),
    row("processor for a picture, ms", 2, (measured) => 1000 * each(added)(measured)),
    row("kbit for a picture", 0, (measured) => each(bits)(measured) / 1000),
  ];
  const isMoving = found.some(({ samples }) => samples.some(({ shown }) => shown > 0));
  return [
    ...(isMoving ? moving : []),
    { ...row("processor, cores", 2, processor), nobody: nobody && processor(nobody) },
    row("processor for it, cores", 2, added),
    row("gateway, cores", 2, (measured) =>
      isOwn(measured) ? middle(({ gateway }) => gateway)(measured) : undefined,
    ),
    row("Mbit/s", 2, (measured) => (bits(measured) ?? 0) / 1e6),
    row(
      "browser, cores",
      2,
      middle(({ browser }) => browser),
    ),
    row(
      "SSIM as it moves",
      4,
      still(({ moving }) => moving?.ssim),
    ),
    row(
      "SSIM 300 ms later",
      4,
      still(({ still }) => still.ssim),
    ),
    row(
      "pixels off 300 ms later",
      0,
      still(({ still }) => still.different),
    ),
  ].filter(({ values }) => values.some((value) => value !== undefined));
}

function latencyRows({ subjects, latencies }: Pictures): PictureRow[] {
  return (["key", "click"] as const).flatMap((kind) =>
    ([50, 95] as const).map((share) => ({
      ...{ block: "key and click", name: `${kind} to picture, ms, p${share}`, digits: 0, nobody: undefined },
      isMoreBetter: false,
      values: subjects.map((subject) => {
        const found = latencies[subject]?.[kind];
        return found && percentile(found, share / 100);
      }),
    })),
  );
}

/** Whether Kasmix's gateway is in the way. */
function isOwn({ subject }: Measurement): boolean {
  return subject === "stream" || subject === "RFB";
}

/** The median of a figure over the samples, as far as they have it. */
function middle(pick: (sample: Sample) => number | undefined): Pick {
  return ({ samples }) => medianOf(samples.map(pick));
}

function still(pick: (sharpness: NonNullable<Measurement["sharpness"]>[number]) => number | undefined): Pick {
  return ({ sharpness = [] }) => medianOf(sharpness.map(pick));
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

/** Pictures that all viewers together got in a second. */
function seenByAll({ shown, others }: Sample): number {
  return others.reduce((sum, each) => sum + each, shown);
}

/** The rows in which Kasmix's own figure is worse than another's by more than a twentieth. */
function renderBehind(rows: readonly PictureRow[], other: string, index: number): string {
  const behind = rows.filter(({ values, isMoreBetter }) => {
    const [own, theirs] = [values[0], values[index]];
    if (own === undefined || theirs === undefined) return false;
    return isMoreBetter ? own < theirs * 0.95 : own > theirs * 1.05;
  });
  const names = behind.map(({ block, name }) => `${block}: ${name}`);
  return `Worse than ${other} by more than 5 %: ${names.length === 0 ? "nothing" : names.join("; ")}.`;
}

function renderCells(
  { block, name, digits, nobody, values }: PictureRow,
  subjects: readonly string[],
): string[] {
  const [own] = values;
  const goal = subjects[0] === "stream" ? goalFor(block, name) : undefined;
  const other = goal?.by === undefined ? 1 : values[subjects.indexOf(goal.by)];
  const figure = (value: number | undefined) =>
    value === undefined || !Number.isFinite(value) ? "" : value.toFixed(digits);
  const ratio = (value: number | undefined) => (own !== undefined && value ? (own / value).toFixed(2) : "");
  return [
    `${block}: ${name}`,
    ...[nobody, ...values].map(figure),
    ...values.slice(1).map(ratio),
    goal ? renderGoal(goal, digits) : "",
    goal ? renderVerdict(judgeGoal(goal, own, other)) : "",
  ];
}

function renderGoal({ by, limit, isLeast }: Goal, digits: number): string {
  const wanted = by === undefined ? limit.toFixed(digits) : `${limit} x ${by}`;
  return `${isLeast ? ">=" : "<="} ${wanted}`;
}
