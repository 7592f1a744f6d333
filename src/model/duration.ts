/** Milliseconds of a duration as the model has it, from ten seconds on: `90s`, `30min`, `8h`. Undefined for other texts. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = ""] = /^([1-9][0-9]{0,4})(s|min|h)$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  return milliseconds >= 10_000 ? milliseconds : undefined;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };
