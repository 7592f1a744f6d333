import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { didYouMean } from "../terminal/suggest.ts";
import { locate } from "./_locate.ts";
import { type Fault, KasmixError } from "./error.ts";
import type { Workspace } from "./types.ts";
import { validateWorkspace } from "./validate.ts";

/**
 * The workspace that workspaces/<name>/workspace.ts describes, below the project's folder `root`. Needs a Node that
 * reads TypeScript, as under tsx.
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
  try {
    const module: { default?: unknown } = await import(pathToFileURL(file).href);
    return module.default;
  } catch (error) {
    const fault = { path: placeOf(error, file, shown), message: messageOf(error), fix: "Correct the file." };
    throw new KasmixError("E_MODEL", `${shown} cannot be read`, { faults: [fault], cause: error });
  }
}

/** File and line where an error arose: TypeScript's loader puts them into the message, Node into the stack. */
function placeOf(error: unknown, file: string, shown: string): string {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : "";
  const line = text
    .split(file)
    .slice(1)
    .map((rest) => /^(?:\?[^:\s]*)?:(\d+)/.exec(rest)?.[1]);
  const found = line.find((number) => number !== undefined);
  return found === undefined ? shown : `${shown}:${found}`;
}

/** The error's text without the place, which is shown separately, and without the list of importing files. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const detail = /ERROR: (.*)/.exec(text);
  return detail?.[1] ?? text.split("\n")[0] ?? text;
}

function withLine(fault: Fault, line: number | undefined, shown: string): Fault {
  return line === undefined ? fault : { ...fault, path: `${fault.path} (${shown}:${line})` };
}

function counted(faults: readonly Fault[]): string {
  return faults.length === 1 ? "a fault" : `${faults.length} faults`;
}
