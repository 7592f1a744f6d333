import { type Fault, KasmixError } from "../model/error.ts";
import { type JsonProblem, parseJson } from "../model/parse-json.ts";
import { isRecord } from "../model/paths.ts";
import { isExample } from "./examples.ts";
import { iconFaults } from "./icon.ts";
import { NEWEST_KASM } from "./kasm-versions.ts";
import { gradedFaultsOf, ICON_NAME, LIST_SCHEMAS, SCHEMA_VERSIONS, type SchemaVersion } from "./schemas.ts";
import type { Source } from "./source.ts";

interface Findings {
  /** Kasm cannot use it: no list, or a list that is not JSON or violates its schema. */
  readonly faults: readonly Fault[];
  /** It looks wrong in Kasm, or Kasm ignores it: icons, wrong counts, unknown fields; or a current Kasm shows nothing. */
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
    warnings: [...findings.flatMap(({ warnings }) => warnings), ...outdated(found)],
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
    const { line, column } = problem;
    const message = source.isForeign ? "is not JSON" : problem.message;
    return { faults: [{ path: `${path}:${line}:${column}`, message }], warnings: [] };
  }
  const warnings: Fault[] = [];
  const workspaces = workspacesOf(value);
  const count = isRecord(value) ? value.workspacecount : undefined;
  if (typeof count === "number" && count !== workspaces.length) {
    const message = `says ${count}, but there are ${workspaces.length}`;
    warnings.push({ path: `${path}: workspacecount`, message, fix: `Write ${workspaces.length}.` });
  }
  warnings.push(...examplesIn(value, path), ...(await examineIcons(source, { version, path, workspaces })));
  const { isForeign: foreign } = source;
  const { faults, unknown } = gradedFaultsOf(LIST_SCHEMAS[version], value, path, { foreign });
  return { faults, warnings: [...warnings, ...unknown.map(explainLegacy)] };
}

/** Addresses that stand for real ones, as registry/registry.json has them at first. */
function examplesIn(list: unknown, path: string): Fault[] {
  const addresses = isRecord(list) ? [list.list_url, list.contact_url] : [];
  const images = workspacesOf(list).flatMap(({ name, compatibility }) => [
    name,
    ...(Array.isArray(compatibility) ? compatibility.map((item) => isRecord(item) && item.image) : []),
  ]);
  if (![...addresses, ...images].some((value) => typeof value === "string" && isExample(value))) return [];
  const message = "has addresses that are only examples, at which nothing is";
  return [{ path, message, fix: "Write the real ones into registry/registry.json, and build it again." }];
}

/** Fields of the format 1.0, and their names within an item of `compatibility` in 1.1. */
const MOVED = new Map([
  ["name", "image"],
  ["uncompressed_size_mb", "uncompressed_size_mb"],
]);

function explainLegacy(fault: Fault): Fault {
  const moved = MOVED.get(/: workspaces\[\d+\]\.(\w+)$/.exec(fault.path)?.[1] ?? "");
  if (moved === undefined) return fault;
  const message = "is a field of the format 1.0, without a meaning in 1.1";
  return { ...fault, message, fix: `Remove it: each item of compatibility has a field ${moved}.` };
}

/** Kasm looks for exactly its own version: a list that ends with an older one is empty for it. */
function outdated(lists: readonly List[]): Fault[] {
  if (lists.some(({ problem }) => problem !== undefined)) return [];
  const newest = `${NEWEST_KASM}.x`;
  const versions = lists.flatMap(({ value }) => workspacesOf(value).flatMap(versionsOf));
  const [list] = lists.slice(-1);
  if (list === undefined || versions.length === 0 || versions.includes(newest)) return [];
  const message = `no workspace is for Kasm ${NEWEST_KASM}, the newest known here, which therefore shows none`;
  return [
    {
      path: `${list.path}: compatibility`,
      message,
      fix: `Add ${newest} to every workspace that runs there.`,
    },
  ];
}

function versionsOf({ compatibility }: Readonly<Record<string, unknown>>): unknown[] {
  const items: unknown[] = Array.isArray(compatibility) ? compatibility : [];
  return items.map((item) => (isRecord(item) ? item.version : item));
}

/** How many icons are read at once: the server decides how large they are. */
const AT_ONCE = 8;
/** How many icons of a list are read, and how many warnings are shown. */
const [MOST_ICONS, MOST_WARNINGS] = [1_000, 100];

interface Icons {
  readonly version: SchemaVersion;
  readonly path: string;
  readonly workspaces: readonly Readonly<Record<string, unknown>>[];
}

async function examineIcons(source: Source, { version, path, workspaces }: Icons): Promise<Fault[]> {
  const users = usersOf(workspaces);
  const warnings = [...users].flatMap(([icon, [first = 0, second]]): Fault[] => {
    if (second === undefined) return [];
    const which = source.isForeign ? `the icon of workspaces[${first}]` : `"${icon}"`;
    const message = `${which} is the icon of several workspaces: Kasm keeps only one of the files`;
    return [{ path: `${path}: image_src`, message, fix: "Give each its own name." }];
  });
  const icons = [...users].slice(0, MOST_ICONS);
  let checked = 0;
  for (let done = 0; done < icons.length && source.spent() === undefined; done += AT_ONCE) {
    const pictures = icons.slice(done, done + AT_ONCE).map(async ([icon, [first]]) => {
      const file = `${version}/icons/${icon}`;
      return pictureFaults(source, file, source.isForeign ? `${path}: workspaces[${first}].image_src` : file);
    });
    const results = (await Promise.all(pictures)).filter((faults) => faults !== undefined);
    checked += results.length;
    warnings.push(...results.flat());
  }
  const shown = warnings.slice(0, MOST_WARNINGS);
  const more = warnings.length - shown.length;
  if (more > 0) shown.push({ path, message: `has ${more} more such faults`, fix: "Correct these first." });
  if (checked === users.size) return shown;
  const why = source.spent() ?? "there are too many";
  const message = `only ${checked} of ${users.size} icons were checked: ${why}`;
  return [...shown, { path, message, fix: "Copy the registry to a folder and check that, part by part." }];
}

/** The indexes of the workspaces that use each icon. */
function usersOf(workspaces: Icons["workspaces"]): ReadonlyMap<string, readonly number[]> {
  const users = new Map<string, number[]>();
  for (const [index, { image_src }] of workspaces.entries()) {
    if (!isFileName(image_src)) continue;
    const others = users.get(image_src);
    if (others) others.push(index);
    else users.set(image_src, [index]);
  }
  return users;
}

/**
 * The list could be read, so an icon that cannot is a fault of the registry, unless a limit was reached: then undefined.
 * `where` is its place in messages.
 */
async function pictureFaults(source: Source, path: string, where: string): Promise<Fault[] | undefined> {
  const fix = "Put the icon there, or correct image_src.";
  try {
    const content = await source.read(path);
    if (content !== undefined) return iconFaults(content, where);
    return [{ path: where, message: source.isForeign ? "its icon is missing" : "is missing", fix }];
  } catch (error) {
    if (source.spent() !== undefined) return undefined;
    if (error instanceof KasmixError) return [{ path: where, message: error.message, fix }];
    throw error;
  }
}

function workspacesOf(list: unknown): Readonly<Record<string, unknown>>[] {
  return isRecord(list) && Array.isArray(list.workspaces) ? list.workspaces.filter(isRecord) : [];
}

/** The schema reports all other names. */
function isFileName(name: unknown): name is string {
  return typeof name === "string" && ICON_NAME.test(name);
}
