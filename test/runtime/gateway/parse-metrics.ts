// @ts-expect-error It has no types of its own.
import parse from "parse-prometheus-text-format";

/** A metric as Prometheus would take it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string; readonly labels?: Readonly<Record<string, string>> }[];
}

/** Reads Prometheus' text format by an independent parser. Throws at an invalid line. */
export function parseMetrics(text: string): readonly Metric[] {
  return parse(text) as Metric[];
}

/** The value of the sample with exactly these labels, or undefined. */
export function sampleOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const samples = parseMetrics(text).find((metric) => metric.name === name)?.metrics ?? [];
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = samples.find(
    (sample) => JSON.stringify(Object.entries(sample.labels ?? {}).sort()) === wanted,
  );
  return found && Number(found.value);
}
