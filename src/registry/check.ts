import { type Fault, KasmixError } from "../model/error.ts";
import { type JsonProblem, parseJson } from "../model/parse-json.ts";
import { isRecord } from "../model/paths.ts";
import { iconFaults } from "./icon.ts";
import { faultsOf, ICON_NAME, LIST_SCHEMAS, SCHEMA_VERSIONS, type SchemaVersion } from "./schemas.ts";
import type { Source } from "./source.ts";

interface Findings {
  /** Kasm cannot use it: no list, or a list that is not JSON or violates its schema. */
  readonly faults: readonly Fault[];
  /** It only looks wrong in Kasm: icons that are missing, unreadable or shared, and wrong counts. */
  readonly warnings: readonly Fault[];
}

/** The result of a check. */
export interface Checked extends Findings {
  /** Versions of the format that the registry has. */
  readonly versions: readonly SchemaVersion[];
  readonly workspaces: number;
}

/** Checks a published registry. Reads it as Kasm does, which appends the version of the format to the address. */
export async function checkRegistry(source: Source): Promise<Checked> {
  const lists = await Promise.all(SCHEMA_VERSIONS.map((version) => readList(source, version)));
  const found = lists.filter((list) => list !== undefined);
  if (found.length === 0) {
    const message = "has neither 1.0/list.json nor 1.1/list.json";
    return {
      versions: [],
      workspaces: 0,
      faults: [{ path: source.name, message, fix: NO_LIST }],
      warnings: [],
    };
  }
  const findings = await Promise.all(found.map((list) => examineList(source, list)));
  return {
    versions: found.map(({ version }) => version),
    workspaces: Math.max(...found.map(({ value }) => workspacesOf(value).length)),
    faults: findings.flatMap(({ faults }) => faults),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

const NO_LIST = "Give the folder or address above 1.0 and 1.1, as in Kasm.";

interface List {
  readonly version: SchemaVersion;
  readonly path: string;
  readonly value: unknown;
  /** Where and why it cannot be parsed. */
  readonly problem?: JsonProblem | undefined;
}

async function readList(source: Source, version: SchemaVersion): Promise<List | undefined> {
  const path = `${version}/list.json`;
  const content = await source.read(path);
  if (content === undefined) return undefined;
  return { version, path, value: undefined, ...parseJson(content.toString("utf8")) };
}

async function examineList(source: Source, { version, path, value, problem }: List): Promise<Findings> {
  if (problem !== undefined) {
    const { line, column, message } = problem;
    return { faults: [{ path: `${path}:${line}:${column}`, message }], warnings: [] };
  }
  const warnings: Fault[] = [];
  const workspaces = workspacesOf(value);
  const count = isRecord(value) ? value.workspacecount : undefined;
  if (typeof count === "number" && count !== workspaces.length) {
    const message = `says ${count}, but there are ${workspaces.length}`;
    warnings.push({ path: `${path}: workspacecount`, message, fix: `Write ${workspaces.length}.` });
  }
  const icons = workspaces.map(({ image_src }) => image_src).filter(isFileName);
  for (const icon of duplicates(icons)) {
    const message = `"${icon}" is the icon of several workspaces: Kasm keeps only one of the files`;
    warnings.push({ path: `${path}: image_src`, message, fix: "Give each its own name." });
  }
  const paths = [...new Set(icons)].map((icon) => `${version}/icons/${icon}`);
  for (let done = 0; done < paths.length; done += AT_ONCE) {
    const pictures = paths.slice(done, done + AT_ONCE).map((path) => pictureFaults(source, path));
    warnings.push(...(await Promise.all(pictures)).flat());
  }
  return { faults: faultsOf(LIST_SCHEMAS[version], value, path), warnings };
}

/** How many icons are read at once: the server decides how large they are. */
const AT_ONCE = 8;

/** The list could be read, so an icon that cannot is a fault of the registry. */
async function pictureFaults(source: Source, path: string): Promise<Fault[]> {
  const fix = "Put the icon there, or correct image_src.";
  try {
    const content = await source.read(path);
    return content === undefined ? [{ path, message: "is missing", fix }] : iconFaults(content, path);
  } catch (error) {
    if (error instanceof KasmixError) return [{ path, message: error.message, fix }];
    throw error;
  }
}

function workspacesOf(list: unknown): Readonly<Record<string, unknown>>[] {
  return isRecord(list) && Array.isArray(list.workspaces) ? list.workspaces.filter(isRecord) : [];
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** The schema reports all other names. */
function isFileName(name: unknown): name is string {
  return typeof name === "string" && ICON_NAME.test(name);
}
