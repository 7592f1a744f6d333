import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { listWorkspaces } from "../model/load.ts";
import { resolveWorkspace } from "../model/resolve.ts";
import type { Workspace } from "../model/types.ts";
import { imageFiles } from "./image-files.ts";
import { isMarked } from "./marker.ts";
import { isSchemaOf, readTypes, renderSchema } from "./schema.ts";
import { renderWorkspaceNix } from "./workspace-nix.ts";
import { type GeneratedFile, readIfThere, writeGenerated } from "./write.ts";
import { renderTasks, TASKS_FILE } from "./xc.ts";

const FOLDER = "nix/workspaces";
const TYPES = "src/model/types.ts";
const SCHEMA = "src/model/workspace.schema.json";

/** How the files are brought up to date. */
export interface GenerateOptions {
  /** Whether nothing is written. @default false */
  readonly check?: boolean;
  /** Derives the schema from the file of the types. @default `renderSchema` */
  readonly deriveSchema?: typeof renderSchema;
}

/**
 * Brings everything that is generated from these workspaces, and from the types, up to date below the project's
 * folder `root`: what differs is written, what is generated no more is removed. With `check` nothing is written,
 * and a file that differs comes back as `stale`. All is rendered before the first file is touched.
 * @returns every generated file, sorted by path
 * @throws KasmixError E_MODEL if a workspace cannot be rendered
 */
export async function generate(
  root: string,
  workspaces: readonly Workspace[],
  { check = false, deriveSchema = renderSchema }: GenerateOptions = {},
): Promise<GeneratedFile[]> {
  const wanted = new Map<string, string>(workspaces.flatMap(renderWorkspace));
  const stale = await staleFiles(root, workspaces, wanted);
  const names = await listWorkspaces(root);
  if (names.length > 0) wanted.set(TASKS_FILE, renderTasks(names));
  if (await isSchemaDue(root, check)) wanted.set(SCHEMA, await deriveSchema(join(root, TYPES)));
  const results: GeneratedFile[] = [];
  // What goes comes first: where a file is to be, there may be a folder, and the other way round.
  for (const path of [...stale, ...wanted.keys()])
    results.push(await writeGenerated(root, path, wanted.get(path), { check }));
  return results.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Everything that one workspace gives, as path and content: the Nix file and the tree of files beside it. */
export function renderWorkspace(workspace: Workspace): [path: string, content: string][] {
  const resolved = resolveWorkspace(workspace);
  const files = imageFiles(resolved);
  const tree = files.flatMap((file): [string, string][] =>
    "text" in file ? [[`${FOLDER}/${workspace.name}${file.path}`, file.text]] : [],
  );
  return [[`${FOLDER}/${workspace.name}.nix`, renderWorkspaceNix(resolved, files)], ...tree];
}

/** Files of earlier runs that these workspaces no longer give, and all of workspaces that are gone. */
async function staleFiles(
  root: string,
  workspaces: readonly Workspace[],
  wanted: ReadonlyMap<string, string>,
): Promise<string[]> {
  const present = new Set(await listWorkspaces(root));
  const gone: string[] = [];
  for (const entry of await namesIn(join(root, FOLDER))) {
    const name = entry.replace(/\.nix$/, "");
    if (name === entry || present.has(name) || workspaces.some((workspace) => workspace.name === name))
      continue;
    // Somebody's own file is not ours to remove.
    if (isMarked((await readIfThere(join(root, FOLDER, entry))) ?? "")) gone.push(name);
  }
  const names = [...workspaces.map(({ name }) => name), ...gone];
  const found = await Promise.all(names.map((name) => filesBelow(root, `${FOLDER}/${name}`)));
  const all = [...gone.map((name) => `${FOLDER}/${name}.nix`), ...found.flat()];
  return all.filter((path) => !wanted.has(path));
}

/** Whether to derive the schema: it takes a second, so outside a check only when the types have changed. */
async function isSchemaDue(root: string, check: boolean): Promise<boolean> {
  if (!existsSync(join(root, TYPES))) return false;
  const schema = await readIfThere(join(root, SCHEMA));
  return check || schema === undefined || !isSchemaOf(schema, await readTypes(join(root, TYPES)));
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  if (!existsSync(join(root, folder))) return [];
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "/").length));
}

async function namesIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? (await readdir(folder)).sort() : [];
}
