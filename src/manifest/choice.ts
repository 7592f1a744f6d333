/**
 * A part of a manifest that may be left out: decided here, or by whoever installs the chart, as the condition of a Helm
 * template.
 */
export type Choice = boolean | { readonly when: string };

/** Names that each give an item: known here, or a list among the chart's values. */
export type Names = readonly string[] | { readonly range: string };

/** Items of a list that are there if the choice says so. In a chart, lines of the template stand around them. */
export function itemsIf<T>(choice: Choice, items: readonly T[]): T[] {
  if (typeof choice === "boolean") return choice ? [...items] : [];
  return [line(`if ${choice.when}`), ...items, line("end")];
}

/** Fields of an object that are there if the choice says so. The chart's lines are keys, which renderTemplate knows. */
export function fieldsIf<T extends object>(choice: Choice, fields: T): Partial<T> {
  if (typeof choice === "boolean") return choice ? fields : {};
  // A key may stand in an object only once, and so may these two: the condition tells them apart.
  return {
    [line<string>(`if ${choice.when}`)]: null,
    ...fields,
    [line<string>(`end /* ${choice.when}, ${Object.keys(fields).join()} */`)]: null,
  } as Partial<T>;
}

/** An item for each name, and `otherwise` where there is none. */
export function itemsFor<T>(names: Names, item: (name: string) => T, ...otherwise: readonly T[]): T[] {
  if (!("range" in names)) return names.length === 0 ? [...otherwise] : names.map(item);
  const none = otherwise.length === 0 ? [] : [line<T>("else"), ...otherwise];
  return [line(`range ${names.range}`), item("{{ . }}"), ...none, line("end")];
}

/** The opposite. */
export function not(choice: Choice): Choice {
  return typeof choice === "boolean" ? !choice : { when: `not (${choice.when})` };
}

/** A text that goes on with another one if the choice says so. */
export function textIf(choice: Choice, text: string): string {
  if (typeof choice === "boolean") return choice ? text : "";
  return `{{ if ${choice.when} }}${text}{{ end }}`;
}

/** A line of the template, where the types have an item or a key. */
function line<T>(action: string): T {
  return `{{- ${action} }}` as T;
}
