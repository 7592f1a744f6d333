import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { join, relative, resolve } from "node:path";
import type { BuildFailure } from "esbuild";
import { bundle } from "../bundle/bundle.mjs";
import { didYouMean } from "../terminal/suggest.ts";
import { locate } from "./_locate.ts";
import { type Fault, KasmixError } from "./error.ts";
import type { Workspace } from "./types.ts";
import { validateWorkspace } from "./validate.ts";

/**
 * The workspace that workspaces/<name>/workspace.ts describes, below the project's folder `root`.
 * @throws KasmixError E_USAGE if there is no such workspace, E_MODEL with every fault if it is wrong
 */
export async function loadWorkspace(root: string, name: string): Promise<Workspace> {
  const known = await listWorkspaces(root);
  if (!known.includes(name)) throw unknownWorkspace(name, known);
  const folder = resolve(root, "workspaces", name);
  const file = join(folder, "workspace.ts");
  const shown = relative(resolve(root), file);
  const value = await importDefault(file, shown);
  const faults = validateWorkspace(value, { folder, name });
  if (faults.length === 0) return value as Workspace;
  const source = await readFile(file, "utf8");
  const located = faults
    .map((fault) => ({ fault, line: locate(source, fault.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ fault, line }) => withLine(fault, line, shown));
  throw new KasmixError("E_MODEL", `${shown} has ${counted(faults)}`, { faults: located });
}

/** Names of all workspaces below the project's folder `root`, sorted: the folders that hold a workspace.ts. */
export async function listWorkspaces(root: string): Promise<string[]> {
  const folder = join(root, "workspaces");
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "workspace.ts")))
    .map((entry) => entry.name);
  return names.sort();
}

function unknownWorkspace(name: string, known: readonly string[]): KasmixError {
  const hint = didYouMean(name, known).trim();
  const list =
    known.length === 0
      ? "There are no workspaces yet; a workspace is a folder below workspaces/ with a workspace.ts"
      : `There are: ${known.join(", ")}`;
  const fix = [hint, `${list}.`].filter((part) => part !== "").join(" ");
  return new KasmixError("E_USAGE", `there is no workspace "${name}"`, { fix });
}

async function importDefault(file: string, shown: string): Promise<unknown> {
  const wrong = (place: number | undefined, message: string, cause: unknown): KasmixError => {
    const path = place === undefined ? shown : `${shown}:${place}`;
    const faults = [{ path, message, fix: "Correct the file." }];
    return new KasmixError("E_MODEL", `${shown} cannot be read`, { faults, cause });
  };
  const made = await bundle(file, { sourcemap: "external", outdir: "/" }).catch((error: BuildFailure) => {
    const [first] = error.errors;
    const inFile = first?.location && resolve(first.location.file) === file;
    throw wrong(inFile ? first.location?.line : undefined, first?.text ?? error.message, error);
  });
  const [map, code] = made.files; // in this order
  const url = `data:text/javascript;base64,${Buffer.from(code?.contents ?? []).toString("base64")}`;
  try {
    const module: { default?: unknown } = await import(url);
    return module.default;
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? "") : "";
    const message = error instanceof Error ? error.message : String(error);
    throw wrong(lineIn(file, stack, map?.text), message, error);
  }
}

/** The file's line that the stack of an error names first. */
function lineIn(file: string, stack: string, map = "{}"): number | undefined {
  const source = new SourceMap(JSON.parse(map));
  for (const [, line, column] of stack.matchAll(/data:text\/javascript;base64,[\w+/=]*:(\d+):(\d+)/g)) {
    const place = source.findEntry(Number(line) - 1, Number(column) - 1);
    if ("originalSource" in place && resolve("/", place.originalSource) === file)
      return place.originalLine + 1;
  }
  return undefined;
}

function withLine(fault: Fault, line: number | undefined, shown: string): Fault {
  return line === undefined ? fault : { ...fault, path: `${fault.path} (${shown}:${line})` };
}

function counted(faults: readonly Fault[]): string {
  return faults.length === 1 ? "a fault" : `${faults.length} faults`;
}
