/** A value of the chart: its purpose, its default and its JSON schema; or a group of values. */
export type Value = {
  readonly description: string;
} & ({ readonly value: unknown; readonly schema: object } | { readonly fields: Values });

export type Values = Readonly<Record<string, Value>>;

export function value(description: string, value: unknown, schema: object): Value {
  return { description, value, schema };
}

export function group(description: string, fields: Values): Value {
  return { description, fields };
}

export function text(description: string, value = "", schema: object = STRING): Value {
  return { description, value, schema };
}

export function flag(description: string, value = false): Value {
  return { description, value, schema: { type: "boolean" } };
}

/** One of some names; the first is the default. */
export function choice(description: string, names: readonly [string, ...string[]], value = names[0]): Value {
  return { description: `${description} One of ${names.join(", ")}.`, value, schema: { enum: names } };
}

export const STRING = { type: "string" };
export const NAME = { type: "string", minLength: 1 };
/** A DNS label, such as an object's name, or an empty text. */
export const LABEL = { type: "string", pattern: "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$", maxLength: 52 };
export const QUANTITY = { type: "string", pattern: "^[1-9][0-9]*(Mi|Gi|Ti)$" };
export const PATH = { type: "string", pattern: "^/" };
export const PORT = { type: "integer", minimum: 1, maximum: 65535 };
export const STRINGS = mapOf(STRING);

export function listOf(items: object) {
  return { type: "array", items };
}

/** Any names, without those that the chart sets itself. */
export function mapOf(values: object, taken: readonly string[] = []) {
  const properties = Object.fromEntries(taken.map((name) => [name, false]));
  return { type: "object", ...(taken.length > 0 ? { properties } : {}), additionalProperties: values };
}

/** An object with these properties and no other. */
export function record(properties: object, required: readonly string[] = []) {
  const needed = required.length > 0 ? { required } : {};
  return { type: "object", additionalProperties: false, ...needed, properties };
}
