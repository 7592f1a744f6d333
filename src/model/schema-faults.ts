import type { ErrorObject } from "ajv";
import { didYouMean } from "../terminal/suggest.ts";
import type { Fault } from "./error.ts";
import { isRecord, pointerSteps, type Step, showPath } from "./paths.ts";

/** A fault that the schema found. */
export interface SchemaFault extends Fault {
  /** Place of the faulty value; absent where a field is missing or unknown, so that the rest can still be checked. */
  readonly faulty?: readonly Step[];
}

/** What ajv found, in plain words: one fault for each problem, in the order of the workspace's fields. */
export function schemaFaults(
  errors: readonly ErrorObject[],
  workspace: unknown,
  show: (value: unknown) => string = showValue,
): SchemaFault[] {
  const unions = errors.filter((error) => error.keyword === "anyOf");
  const outsideUnions = errors.filter((error) => !isBranchNoise(error, unions));
  return outsideUnions.flatMap((error) => {
    const steps = pointerSteps(error.instancePath, workspace);
    if (error.keyword === "anyOf") return unionFault(error, steps);
    if (error.keyword === "required") return missingFault(error, steps);
    if (error.keyword === "additionalProperties") return unknownFault(error, steps);
    const { expected, fix } = expectation(error);
    const message = `expected ${expected}, got ${show(error.data)}`;
    return [{ path: showPath(steps), message, fix, faulty: steps }];
  });
}

/** A value as an error message shows it: its kind, or the value itself where that is short. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

/** Each branch of a union reports that its own field is missing and that those of the others are unknown. */
function isBranchNoise(error: ErrorObject, unions: readonly ErrorObject[]): boolean {
  return unions.some(
    (union) =>
      error !== union && error.instancePath === union.instancePath && error.schemaPath.includes("/anyOf/"),
  );
}

/** A union of objects with one field each. No fault if exactly one is given: then the value of that field is wrong. */
function unionFault(error: ErrorObject, steps: readonly Step[]): SchemaFault[] {
  const branches: unknown[] = Array.isArray(error.schema) ? error.schema : [];
  const kinds = branches.flatMap((branch) =>
    isRecord(branch) && isRecord(branch.properties) ? Object.keys(branch.properties) : [],
  );
  // A field that is undefined counts as missing, here as when the workspace is resolved.
  const given = Object.entries(isRecord(error.data) ? error.data : {}).flatMap(([key, item]) =>
    item === undefined ? [] : [key],
  );
  const [only] = given;
  if (given.length === 1 && only !== undefined && kinds.includes(only)) return [];
  const got = isRecord(error.data) ? given.join(" and ") || "none of them" : showValue(error.data);
  const message = `expected exactly one of ${kinds.join(", ")}, got ${got}`;
  const unknown = given.find((key) => !kinds.includes(key));
  const hint = unknown === undefined ? "" : didYouMean(unknown, kinds).trim();
  return [{ path: showPath(steps), message, fix: hint || "Keep one of them.", faulty: steps }];
}

function missingFault(error: ErrorObject, steps: readonly Step[]): SchemaFault[] {
  const field = String(error.params.missingProperty);
  const what = propertyOf(error, field)?.description;
  const fix = typeof what === "string" ? `Add \`${field}\`: ${lowerFirst(what)}` : `Add \`${field}\`.`;
  return [{ path: showPath([...steps, field]), message: "is missing", fix }];
}

function unknownFault(error: ErrorObject, steps: readonly Step[]): SchemaFault[] {
  const field = String(error.params.additionalProperty);
  const known = isRecord(error.parentSchema?.properties) ? Object.keys(error.parentSchema.properties) : [];
  const hint = didYouMean(field, known).trim();
  const fix = hint || `Remove it; known here are ${known.join(", ")}.`;
  return [{ path: showPath([...steps, field]), message: "is not a known field", fix }];
}

/** What the schema expects here, and how to satisfy it. */
function expectation({ keyword, params, parentSchema, data }: ErrorObject): {
  expected: string;
  fix: string;
} {
  const limit = String(params.limit);
  switch (keyword) {
    case "type":
      return {
        expected: TYPES[String(params.type)] ?? String(params.type),
        fix: "Give a value of that type.",
      };
    case "enum": {
      const allowed: string[] = params.allowedValues.map(String);
      const hint = didYouMean(String(data), allowed).trim();
      return { expected: `one of ${allowed.map(showValue).join(", ")}`, fix: hint || "Use one of them." };
    }
    case "const":
      return { expected: showValue(params.allowedValue), fix: "Nothing else is supported yet." };
    case "pattern": {
      const what = parentSchema?.description;
      const expected = typeof what === "string" ? lowerFirst(what).replace(/\.$/, "") : "another form";
      return { expected, fix: `It must match ${params.pattern}` };
    }
    case "minLength":
      return { expected: `at least ${counted(limit, "character")}`, fix: "Write a text." };
    case "maxLength":
      return { expected: `at most ${counted(limit, "character")}`, fix: "Shorten it." };
    case "minItems":
      return { expected: `at least ${counted(limit, "item")}`, fix: "Add at least one." };
    case "maxItems":
      return { expected: `at most ${counted(limit, "item")}`, fix: `Keep at most ${limit}.` };
    case "minimum":
      return { expected: `at least ${limit}`, fix: `Give ${limit} or more.` };
    case "maximum":
      return { expected: `at most ${limit}`, fix: `Give ${limit} or less.` };
    default:
      return { expected: `what the schema's "${keyword}" requires`, fix: "See src/model/types.ts." };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function propertyOf(error: ErrorObject, field: string): Readonly<Record<string, unknown>> | undefined {
  const properties: unknown = error.parentSchema?.properties;
  const property = isRecord(properties) ? properties[field] : undefined;
  return isRecord(property) ? property : undefined;
}

function counted(count: string, thing: string): string {
  return count === "1" ? `1 ${thing}` : `${count} ${thing}s`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
