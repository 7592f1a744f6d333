import { renderCellTable, renderVerdict } from "../report.ts";
import { median, percentile } from "../statistics.ts";
import { type Goal, goalFor, judgeGoal } from "./goals.ts";
import type { Sharpness } from "./likeness.ts";
import type { Measurement, Pictures } from "./measure.ts";

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
  return [...measured, ...latencyRows(pictures), ...interruptionRows(pictures)];
}

/** The comparison as a table with ratios to Kasmix's own figures, and with whom it was compared. */
export function renderPicture(pictures: Pictures): string {
  const { subjects, versions, leftOut, failures } = pictures;
  const others = subjects.slice(1);
  const headings = ["", "nobody", ...subjects, ...others.map((other) => `by ${other}`), "goal", "verdict"];
  const table = renderCellTable([
    headings,
    ...pictureRows(pictures).map((row) => renderCells(row, subjects)),
  ]);
  const present = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    table,
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
/** Its name, its digits in the table, and how it is got. */
type Figure = readonly [name: string, digits: number, pick: Pick];

/** A row for each figure that was measured. */
function measuredRows({ block, subjects, found, nobody }: Block): PictureRow[] {
  const idle = nobody && middle("processor")(nobody);
  const added: Pick = (measured) => (middle("processor")(measured) ?? 0) - (idle ?? 0);
  const isMoving = found.some(({ samples }) => samples.some(({ shown }) => shown > 0));
  const isAlone = found.every(({ viewers }) => viewers === 1);
  const moving: readonly Figure[] = [
    ["pictures/s in the browser", 1, middle("shown")],
    [
      "pictures/s of the slowest other",
      1,
      ({ samples }) => medianOf(samples.map(({ others }) => least(others))),
    ],
    ["processor for a picture, ms", 2, (measured) => (1000 * (added(measured) ?? 0)) / seenByAll(measured)],
  ];
  const alone: readonly Figure[] = [
    ["browser, cores", 2, middle("browser")],
    ["SSIM as it moves", 4, sharpness(({ moving }) => moving?.ssim)],
    ["SSIM 300 ms later", 4, sharpness(({ still }) => still.ssim)],
    ["SSIM 1 s later", 4, sharpness(({ later }) => later?.ssim)],
    ["pixels off 300 ms later", 0, sharpness(({ still }) => still.different)],
    ["pixels off 1 s later", 0, sharpness(({ later }) => later?.different)],
  ];
  const figures: readonly Figure[] = [
    ...(isMoving ? moving : []),
    ["processor, cores", 2, added],
    ["gateway, cores", 2, (measured) => (isOwn(measured) ? middle("gateway")(measured) : undefined)],
    ["Mbit/s", 2, (measured) => (middle("bits")(measured) ?? 0) / 1e6],
    ...(isAlone ? alone : []),
  ];
  const rows = figures.map(([name, digits, pick]) => ({
    ...{ block, name, digits, isMoreBetter: /^(pictures|SSIM)/.test(name) },
    nobody: name === "processor, cores" ? idle : undefined,
    values: subjects.map((subject) => {
      const measured = found.find((each) => each.subject === subject);
      return measured && pick(measured);
    }),
  }));
  return rows.filter(({ values }) => values.some((value) => value !== undefined));
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

function interruptionRows({ subjects, interruptions }: Pictures): PictureRow[] {
  const rows = (
    [
      ["network", "picture is back after 5 s without network, ms"],
      ["encoder", "picture is back after the encoder was killed, ms"],
    ] as const
  ).map(([kind, name]) => ({
    ...{ block: "interruptions", name, digits: 0, nobody: undefined, isMoreBetter: false },
    values: subjects.map((subject) => medianOf(interruptions[subject]?.[kind] ?? [])),
  }));
  return rows.filter(({ values }) => values.some((value) => value !== undefined));
}

/** Whether Kasmix's gateway is in the way. */
function isOwn({ subject }: Measurement): boolean {
  return subject === "stream" || subject === "RFB";
}

/** The median of a figure over the samples. */
function middle(name: "shown" | "processor" | "gateway" | "bits" | "browser"): Pick {
  return ({ samples }) => medianOf(samples.map((sample) => sample[name]));
}

/** The median of a figure over the stops, as far as they have it. */
function sharpness(pick: (stop: Sharpness) => number | undefined): Pick {
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
function seenByAll({ samples }: Measurement): number {
  return median(samples.map(({ shown, others }) => others.reduce((sum, each) => sum + each, shown)));
}

/** The peer that Kasmix's own figures are not to be behind, but for a share of them, or so much of an SSIM. */
const RIVAL = "Selkies";
const TOLERANCE = { share: 0.05, ssim: 0.001 };

function isBehind({ name, values, isMoreBetter }: PictureRow, subjects: readonly string[]): boolean {
  const [own, theirs] = [values[0], values[subjects.indexOf(RIVAL)]];
  if (own === undefined || theirs === undefined) return false;
  if (name.startsWith("SSIM")) return own < theirs - TOLERANCE.ssim;
  return isMoreBetter ? own < theirs * (1 - TOLERANCE.share) : own > theirs * (1 + TOLERANCE.share);
}

function renderCells(row: PictureRow, subjects: readonly string[]): string[] {
  const { block, name, digits, nobody, values } = row;
  const [own] = values;
  const isJudged = subjects[0] === "stream";
  const goal = isJudged ? goalFor(block, name) : undefined;
  const other = goal?.by === undefined ? 1 : values[subjects.indexOf(goal.by)];
  const verdicts = [
    goal ? renderVerdict(judgeGoal(goal, own, other)) : "",
    isJudged && isBehind(row, subjects) ? `behind ${RIVAL}` : "",
  ];
  const figure = (value: number | undefined) =>
    value === undefined || !Number.isFinite(value) ? "" : value.toFixed(digits);
  const ratio = (value: number | undefined) => (own !== undefined && value ? (own / value).toFixed(2) : "");
  return [
    `${block}: ${name}`,
    ...[nobody, ...values].map(figure),
    ...values.slice(1).map(ratio),
    goal ? renderGoal(goal, digits) : "",
    verdicts.filter((verdict) => verdict !== "").join(", "),
  ];
}

function renderGoal({ by, limit, isLeast }: Goal, digits: number): string {
  const wanted = by === undefined ? limit.toFixed(digits) : `${limit} x ${by}`;
  return `${isLeast ? ">=" : "<="} ${wanted}`;
}
