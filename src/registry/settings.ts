import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KasmixError } from "../model/error.ts";
import { parseJson } from "../model/parse-json.ts";
import { isRecord } from "../model/paths.ts";
import { type KasmRange, rangeFaults } from "./kasm-versions.ts";
import { faultsOf, SETTINGS_SCHEMA } from "./schemas.ts";

/** registry/registry.json: how a Kasm registry describes itself, and where its images are. */
export interface RegistrySettings {
  readonly name: string;
  readonly description: string;
  /** File beside registry.json, square, at least 50 pixels. */
  readonly icon: string;
  /** Address of the site, which an administrator pastes into Kasm. Ends in a slash. */
  readonly listUrl: string;
  readonly contactUrl: string;
  /** Where images are pushed to; `{workspace}` stands for the name. */
  readonly images: string;
  readonly compatibility: KasmRange;
  /** The channel (tag) that Kasm offers first. @default `develop`, else the first tag of the images */
  readonly defaultChannel?: string;
}

/** Folder of the registry's own files, below the project's root. */
export const FOLDER = "registry";

/** Reads and checks registry/registry.json; `listUrl` replaces its address. Throws E_MODEL with all faults. */
export async function readSettings(root: string, listUrl?: string): Promise<RegistrySettings> {
  const path = `${FOLDER}/registry.json`;
  const value = await readJson(join(root, path), path);
  const faults = faultsOf(SETTINGS_SCHEMA, value, path);
  const settings = value as unknown as RegistrySettings;
  if (faults.length === 0) faults.push(...rangeFaults(settings.compatibility, `${path}: compatibility`));
  if (faults.length > 0) throw new KasmixError("E_MODEL", `${path} is invalid.`, { faults });
  return listUrl === undefined ? settings : { ...settings, listUrl };
}

/** Reads an object from a JSON file, which errors call `path`. Throws E_MODEL when that fails. */
export async function readJson(file: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KasmixError("E_MODEL", `${path} cannot be read: ${cause.message}`, { cause });
  });
  const parsed = parseJson(text);
  if (parsed.problem !== undefined) {
    const { line, column, message } = parsed.problem;
    throw new KasmixError("E_MODEL", `${path} is invalid.`, {
      faults: [{ path: `${path}:${line}:${column}`, message }],
    });
  }
  if (isRecord(parsed.value)) return parsed.value;
  throw new KasmixError("E_MODEL", `${path} is not a JSON object.`);
}
