import { isRecord, type Step } from "./paths.ts";

/** A value of which any part may be missing: a workspace without its faulty parts. */
export type Lenient<T> = T extends readonly (infer Item)[]
  ? readonly (Lenient<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Lenient<T[Key]> | undefined }
    : T;

/** The value without the parts at the given places; list items keep their indexes. */
export function withoutFaulty(value: unknown, faulty: readonly (readonly Step[])[]): unknown {
  if (faulty.some((steps) => steps.length === 0)) return undefined;
  const below = (step: Step) => faulty.filter((steps) => steps[0] === step).map((steps) => steps.slice(1));
  if (Array.isArray(value)) return value.map((item, index) => withoutFaulty(item, below(index)));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutFaulty(item, below(key))]),
  );
}

/** The items of a list that are there, each with its index. */
export function present<T>(list: readonly (T | undefined)[] | undefined): { item: T; index: number }[] {
  return (list ?? []).flatMap((item, index) => (item === undefined ? [] : [{ item, index }]));
}

/** The entries of an object whose values are there. */
export function entries<T>(object: Readonly<Record<string, T | undefined>> | undefined): [string, T][] {
  return Object.entries(object ?? {}).flatMap(([key, item]) => (item === undefined ? [] : [[key, item]]));
}
