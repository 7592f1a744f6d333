import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { LineCounter, parseDocument } from "yaml";
import { type Fault, KasmixError } from "../model/error.ts";
import { parseJson } from "../model/parse-json.ts";
import { ARCHITECTURES, ARCHIVES, type Architecture, type Lock, type Locks } from "./format.ts";

/**
 * Path of the lock of a workspace, of the core or of the tools, from the project's root; other architectures than amd64
 * have a sub-folder.
 */
export function lockPath(name: string, architecture: Architecture = "amd64"): string {
  return join("nix", "locks", architecture === "amd64" ? "" : architecture, `${name}.json`);
}

/**
 * Reads the lock of a workspace, of the core or of the tools. Throws E_MODEL where it is missing, and where `kasmix lock` cannot have written it: with
 * every fault, its line and its field.
 */
export async function readLock(root: string, name: string, architecture?: Architecture): Promise<Lock> {
  const path = lockPath(name, architecture);
  const text = await readFile(join(root, path), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text !== undefined) return parseLock(text, path);
  throw new KasmixError("E_MODEL", `${path} does not exist: the packages are not locked.`, {
    fix: `Create it: ${lockCommand(name, architecture)}`,
  });
}

/** Reads the three locks that a workspace is built from. Throws E_MODEL as readLock does. */
export async function readLocks(
  root: string,
  workspace: string,
  architecture?: Architecture,
): Promise<Locks> {
  const [tools, core, own] = await Promise.all(
    ["tools", "core", workspace].map((name) => readLock(root, name, architecture)),
  );
  return { tools, core, own } as Locks;
}

/** Checks the text of a lock and returns its value; `path` names the file in messages. */
export function parseLock(text: string, path: string): Lock {
  const value = requireJson(text, path);
  const faults = validateShape(value) ? contradictions(value) : shapeFaults();
  if (faults.length === 0) return value as Lock;
  const line = lineFinder(text);
  throw damaged(
    path,
    faults.map(({ keys, message }) => ({
      path: `${path}:${line(keys)}`,
      message: `${dotted(keys)} ${message}`,
    })),
  );
}

/** A fault and its place in the value. */
interface Finding {
  readonly keys: readonly (string | number)[];
  readonly message: string;
}

const NAME = { type: "string", pattern: "^[a-z0-9][a-z0-9+.-]+$" } as const;
const NAMES = { type: "array", items: NAME, minItems: 1 } as const;
const SHA256 = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const TIME = { type: "string", pattern: "^[0-9]{8}T[0-9]{6}Z$" } as const;
const PACKAGE = {
  name: NAME,
  version: { type: "string", pattern: "^[0-9][A-Za-z0-9.+:~-]*$" },
  architecture: { enum: [...ARCHITECTURES, "all"] },
  archive: { enum: ARCHIVES },
  path: { type: "string", pattern: "^pool/(?!.*(^|/)\\.{1,2}(/|$))[^\\s]+\\.deb$" },
  size: { type: "integer", minimum: 1 },
  sha256: SHA256,
} as const;
const FIELDS = {
  version: { const: 1 },
  suite: { const: "trixie" },
  architecture: { enum: ARCHITECTURES },
  archives: closed({ debian: TIME, "debian-security": TIME }),
  requested: { type: "array", items: NAME },
  packages: {
    type: "array",
    items: { ...closed(PACKAGE), properties: { ...PACKAGE, essential: { const: true } } },
  },
  steps: {
    type: "array",
    items: {
      type: "object",
      properties: { unpack: NAMES, configure: NAMES },
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
    },
  },
} as const;
const SCHEMA = { ...closed(FIELDS), properties: { ...FIELDS, core: SHA256 } };

// Compiled for each command: checking and optimising the schema would take longer than using it.
const QUICK = { meta: false, validateSchema: false, code: { optimize: false } } as const;
const validateShape = new Ajv({ allErrors: true, ...QUICK }).compile<Lock>(SCHEMA);

function closed(properties: Record<string, object>) {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  } as const;
}

function shapeFaults(): Finding[] {
  return (validateShape.errors ?? []).map((error) => ({
    keys: error.instancePath.split("/").slice(1).map(key),
    message: say(error),
  }));
}

function say({ keyword, message = "is wrong", params }: ErrorObject): string {
  if (keyword === "const") return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword === "enum") return `must be one of ${params.allowedValues.join(", ")}`;
  if (keyword === "additionalProperties") return `has the unknown field ${params.additionalProperty}`;
  if (keyword === "required") return `lacks the field ${params.missingProperty}`;
  return message;
}

/** Faults of editing by hand: each package must be there once, and the steps must install exactly those. */
function contradictions(lock: Lock): Finding[] {
  const names = lock.packages.map(({ name }) => name);
  const essential = new Set(lock.packages.filter((pkg) => pkg.essential).map(({ name }) => name));
  const twice = names.flatMap((name, index): Finding[] =>
    names.indexOf(name) === index ? [] : [{ keys: ["packages", index, "name"], message: `repeats ${name}` }],
  );
  const wanted = names.filter((name) => !essential.has(name)).toSorted();
  const uneven = (["unpack", "configure"] as const).flatMap((kind): Finding[] => {
    const done = lock.steps.flatMap((step) => (kind in step ? Object.values(step).flat() : [])).toSorted();
    const message = `must ${kind} each package that is not essential exactly once`;
    return done.join() === wanted.join() ? [] : [{ keys: ["steps"], message }];
  });
  return [...twice, ...uneven];
}

function requireJson(text: string, path: string): unknown {
  const parsed = parseJson(text);
  if (parsed.problem === undefined) return parsed.value;
  const { line, column, message } = parsed.problem;
  throw damaged(path, [{ path: `${path}:${line}:${column}`, message }]);
}

function damaged(path: string, faults: readonly Fault[]): KasmixError {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
  return new KasmixError("E_MODEL", `${path} is damaged; it is written by \`kasmix lock\` and not by hand.`, {
    faults,
    fix: `Restore it from git, or write it again: rm ${path} && ${lockCommand(name)}`,
  });
}

/** The command that writes a lock. */
export function lockCommand(name: string, architecture: Architecture = "amd64"): string {
  const words = ["./kasmix lock", ...(name === "tools" || name === "core" ? [] : [name])];
  return [...words, ...(architecture === "amd64" ? [] : [`--architecture ${architecture}`])].join(" ");
}

/** Finds the line of a value in a JSON text, or of the innermost value around it. */
function lineFinder(text: string): (keys: readonly (string | number)[]) => number {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return (keys) => {
    for (let depth = keys.length; depth > 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true);
      const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
      if (Array.isArray(range)) return lines.linePos(Number(range[0])).line;
    }
    return 1;
  };
}

function key(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

function dotted(keys: readonly (string | number)[]): string {
  if (keys.length === 0) return "The lock";
  return keys
    .map((each, index) => (typeof each === "number" ? `[${each}]` : `${index ? "." : ""}${each}`))
    .join("");
}
