import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { displayFaults } from "./_display.ts";
import { fileFaults } from "./_files.ts";
import { dependencyFaults, launcherFaults, limitFaults } from "./_graph.ts";
import { packageFaults } from "./_packages.ts";
import {
  commandFaults,
  environmentFaults,
  identityFaults,
  nameFaults,
  portFaults,
  readinessFaults,
  sessionFaults,
  textFaults,
} from "./_rules.ts";
import { vendorFaults } from "./_vendor.ts";
import type { Fault } from "./error.ts";
import { type Lenient, withoutFaulty } from "./lenient.ts";
import { isRecord } from "./paths.ts";
import { schemaFaults, showValue } from "./schema-faults.ts";
import type { Workspace } from "./types.ts";

/** Where a workspace comes from. */
export interface Origin {
  /** Absolute path of the workspace's folder. */
  readonly folder: string;
  /** The folder's name, which the workspace must have too. */
  readonly name: string;
}

/**
 * Everything that is wrong with a workspace, all at once: first against the schema of the types, then by rules
 * that look at several parts. No fault means that `value` is a `Workspace`.
 */
export function validateWorkspace(value: unknown, origin: Origin): Fault[] {
  if (!isRecord(value)) {
    const message = `expected an object, got ${showValue(value)}`;
    return [{ path: "workspace", message, fix: "Write `export default defineWorkspace({ … })`." }];
  }
  const validate = schemaValidator();
  validate(value);
  const shape = schemaFaults(validate.errors ?? [], value);
  // Without its faulty parts, the value has the types' shape.
  const rest = withoutFaulty(
    value,
    shape.flatMap(({ faulty }) => (faulty === undefined ? [] : [faulty])),
  ) as Lenient<Workspace>;
  return [
    ...shape.map(({ path, message, fix }) =>
      fix === undefined ? { path, message } : { path, message, fix },
    ),
    ...identityFaults(rest, origin),
    ...nameFaults(rest),
    ...packageFaults(rest),
    ...dependencyFaults(rest),
    ...limitFaults(rest),
    ...launcherFaults(rest),
    ...displayFaults(rest),
    ...sessionFaults(rest),
    ...portFaults(rest),
    ...commandFaults(rest),
    ...environmentFaults(rest),
    ...fileFaults(rest, origin.folder),
    ...readinessFaults(rest),
    ...vendorFaults(rest),
    ...textFaults(rest),
  ];
}

/** Every command compiles the schema once and uses it once: checking and optimising it would take longer than that. */
const QUICK = { meta: false, validateSchema: false, code: { optimize: false } } as const;

let validator: ValidateFunction | undefined;

function schemaValidator(): ValidateFunction {
  if (validator === undefined) {
    const schema = JSON.parse(readFileSync(new URL("./workspace.schema.json", import.meta.url), "utf8"));
    validator = new Ajv({ allErrors: true, verbose: true, ...QUICK }).compile(schema);
  }
  return validator;
}
