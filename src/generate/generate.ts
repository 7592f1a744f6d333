import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { listWorkspaces } from "../model/load.ts";
import { resolveWorkspace } from "../model/resolve.ts";
import type { Workspace } from "../model/types.ts";
import { imageFiles } from "./image-files.ts";
import { isMarked } from "./marker.ts";
import { isSchemaOf, readTypes, renderSchema } from "./schema.ts";
import { renderWallpaper } from "./wallpaper.ts";
import { renderWorkspaceNix } from "./workspace-nix.ts";
import { type GeneratedFile, readIfThere, writeGenerated } from "./write.ts";
import { renderTasks, TASKS_FILE } from "./xc.ts";

const FOLDER = "nix/workspaces";
const TYPES = "src/model/types.ts";
const SCHEMA = "src/model/workspace.schema.json";
const WALLPAPERS = "nix/common/usr/share/backgrounds/kasmix";

/** How generated files are updated. */
export interface GenerateOptions {
  /** Whether nothing is written. @default false */
  readonly check?: boolean;
  /** Derives the schema from the file of the types. @default `renderSchema` */
  readonly deriveSchema?: typeof renderSchema;
}

/**
 * Updates all files that are generated from these workspaces and from the types, below the project's folder `root`:
 * writes those that differ and removes those that are no longer generated. With `check` nothing is written, and a file
 * that differs is returned as `stale`. Everything is rendered before the first file is written.
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
  if (existsSync(join(root, WALLPAPERS)))
    for (const scheme of ["light", "dark"] as const)
      wanted.set(`${WALLPAPERS}/${scheme}.svg`, renderWallpaper(scheme));
  const results: GeneratedFile[] = [];
  // Files are removed first: a new file may replace a folder, and a new folder a file.
  for (const path of [...stale, ...wanted.keys()])
    results.push(await writeGenerated(root, path, wanted.get(path), { check }));
  return results.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files of one workspace, as path and content: the Nix file and the tree of files beside it. */
export function renderWorkspace(workspace: Workspace): [path: string, content: string][] {
  const resolved = resolveWorkspace(workspace);
  const files = imageFiles(resolved);
  const tree = files.flatMap((file): [string, string][] =>
    "text" in file ? [[`${FOLDER}/${workspace.name}${file.path}`, file.text]] : [],
  );
  return [[`${FOLDER}/${workspace.name}.nix`, renderWorkspaceNix(resolved, files)], ...tree];
}

/** Files of earlier runs that these workspaces no longer have, and all files of removed workspaces. */
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
    // A file without the marker is hand-written and stays.
    if (isMarked((await readIfThere(join(root, FOLDER, entry))) ?? "")) gone.push(name);
  }
  const names = [...workspaces.map(({ name }) => name), ...gone];
  const found = await Promise.all(names.map((name) => filesBelow(root, `${FOLDER}/${name}`)));
  const all = [...gone.map((name) => `${FOLDER}/${name}.nix`), ...found.flat()];
  return all.filter((path) => !wanted.has(path));
}

/** Whether to derive the schema. It takes a second, so without `check` it is derived only when the types changed. */
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
