import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KasmixError } from "../model/error.ts";
import { isRecord } from "../model/paths.ts";
import { faultsOf, SETTINGS_SCHEMA } from "./schemas.ts";

/** registry/registry.json: what a Kasm registry says of itself, and where its images are. */
export interface RegistrySettings {
  readonly name: string;
  readonly description: string;
  /** File beside registry.json, square, at least 50 pixels. */
  readonly icon: string;
  /** Where the site will be: what an administrator pastes into Kasm. Ends in a slash. */
  readonly listUrl: string;
  readonly contactUrl: string;
  /** Where images are pushed to, `{workspace}` standing for the name. */
  readonly images: string;
  /** Kasm's versions that the images are for: `1.18.x`. */
  readonly compatibility: readonly string[];
  /** The channel (tag) that Kasm offers first. @default as Kasm's own generator has it: `develop`, null without channels */
  readonly defaultChannel?: string;
}

/** Where the registry's own files are, below the project's folder. */
export const FOLDER = "registry";

/** Reads and checks registry/registry.json. Throws E_MODEL with all its faults. */
export async function readSettings(root: string): Promise<RegistrySettings> {
  const path = `${FOLDER}/registry.json`;
  const value = await readJson(join(root, path), path);
  const faults = faultsOf(SETTINGS_SCHEMA, value, path);
  if (faults.length > 0) throw new KasmixError("E_MODEL", `${path} is wrong.`, { faults });
  return value as unknown as RegistrySettings;
}

/** A JSON file's object. Throws E_MODEL, naming it `path`, when it cannot be read or is none. */
export async function readJson(file: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new KasmixError("E_MODEL", `${path} cannot be read: ${reasonOf(cause)}`, { cause });
  }
  if (isRecord(value)) return value;
  throw new KasmixError("E_MODEL", `${path} is no JSON object.`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
