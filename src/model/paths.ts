/** A key of an object or an index of a list. */
export type Step = string | number;

/** A place in a workspace as one writes it: `apps[0].command`, `environment["MY VAR"]`; the whole is `workspace`. */
export function showPath(steps: readonly Step[]): string {
  if (steps.length === 0) return "workspace";
  return steps.map((step, index) => showStep(step, index === 0)).join("");
}

/** The steps of a JSON pointer into `value`: a step through a list becomes a number. */
export function pointerSteps(pointer: string, value: unknown): Step[] {
  let here = value;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(here) ? Number(key) : key;
      here = isRecord(here) || Array.isArray(here) ? (here as Record<Step, unknown>)[step] : undefined;
      return step;
    });
}

/** Whether a value is an object with keys: not a list and not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function showStep(step: Step, first: boolean): string {
  if (typeof step === "number") return `[${step}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
  return first ? step : `.${step}`;
}
