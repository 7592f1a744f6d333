import { Ajv, type ErrorObject, type Schema } from "ajv";
import type { Fault } from "../model/error.ts";
import { isRecord } from "../model/paths.ts";
import { schemaFaults, showValue } from "../model/schema-faults.ts";

/** A version of the registry format: Kasm reads 1.1 since Kasm 1.16, before that 1.0. */
export type SchemaVersion = "1.0" | "1.1";

export const SCHEMA_VERSIONS: readonly SchemaVersion[] = ["1.0", "1.1"];

/** How a value's faults are shown. */
export interface FaultOptions {
  /** Whether somebody else wrote the value: messages then show only its type and size. @default false */
  readonly foreign?: boolean;
}

/** A value's violations of a schema, at most 100. Each fault's path begins with `where`, a file or an address. */
export function faultsOf(schema: Schema, value: unknown, where: string, options: FaultOptions = {}): Fault[] {
  return describe(violations(schema, value), { schema, value, where, ...options });
}

/** The same, with fields that the schema does not know apart from all other faults. */
export function gradedFaultsOf(
  schema: Schema,
  value: unknown,
  where: string,
  options: FaultOptions = {},
): { readonly faults: Fault[]; readonly unknown: Fault[] } {
  const isUnknown = ({ keyword }: ErrorObject) => keyword === "additionalProperties";
  const [errors, about] = [violations(schema, value), { schema, value, where, ...options }];
  return {
    faults: describe(
      errors.filter((error) => !isUnknown(error)),
      about,
    ),
    unknown: describe(errors.filter(isUnknown), about),
  };
}

function violations(schema: Schema, value: unknown): readonly ErrorObject[] {
  const validate = ajv.compile(schema);
  return validate(value) ? [] : (validate.errors ?? []);
}

interface About extends FaultOptions {
  readonly schema: Schema;
  readonly value: unknown;
  readonly where: string;
}

function describe(errors: readonly ErrorObject[], { schema, value, where, foreign = false }: About): Fault[] {
  const few = errors.slice(0, MOST_FAULTS).map((error) => (foreign ? withoutNames(error, schema) : error));
  const faults = schemaFaults(few, value, foreign ? showKind : showValue).map(({ path, message, fix }) => ({
    path: path === "workspace" ? where : `${where}: ${path}`,
    message,
    ...(fix === undefined ? {} : { fix }),
  }));
  const more = errors.length - few.length;
  if (more === 0) return faults;
  return [...faults, { path: where, message: `has ${more} more faults`, fix: "Correct these first." }];
}

const MOST_FAULTS = 100;

/** The kind and the size of a value. */
function showKind(value: unknown): string {
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return typeof value === "number" ? "a number" : showValue(value);
}

/** The same error with the names of fields that the schema does not know replaced by their length. */
function withoutNames(error: ErrorObject, schema: Schema): ErrorObject {
  const known = namesIn(schema);
  const hide = (name: string) =>
    known.has(name) || /^\d+$/.test(name) ? name : `a name of ${name.length} characters`;
  const instancePath = error.instancePath.split("/").map((step) => (step === "" ? step : hide(step)));
  const { additionalProperty } = error.params;
  const params =
    additionalProperty === undefined
      ? error.params
      : { additionalProperty: hide(String(additionalProperty)) };
  return { ...error, instancePath: instancePath.join("/"), params };
}

/** The names of all fields in a schema. */
function namesIn(schema: unknown): ReadonlySet<string> {
  if (!isRecord(schema)) return new Set();
  const own = isRecord(schema.properties) ? Object.keys(schema.properties) : [];
  return new Set([...own, ...Object.values(schema).flatMap((part) => [...namesIn(part)])]);
}

const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });

const text = (description: string) => ({ type: "string", minLength: 1, description }) as const;
const address = (description: string) =>
  ({ type: "string", pattern: "^https?://[^\\s/]+(/\\S*)?$", description }) as const;
const kasmVersion = {
  type: "string",
  pattern: "^[0-9]+\\.[0-9]+\\.x$",
  description: "A line of Kasm's versions, such as 1.18.x",
} as const;
const minorVersion = (description: string) =>
  ({ type: "string", pattern: "^[0-9]+\\.[0-9]+$", description }) as const;
const megabytes = {
  type: "integer",
  minimum: 0,
  description: "Megabytes of the uncompressed image",
} as const;
const imageReference = {
  type: "string",
  pattern: "^\\S+$",
  minLength: 1,
  description: "The image, as for `docker pull`",
} as const;

export const SETTINGS_SCHEMA: Schema = {
  type: "object",
  additionalProperties: false,
  required: ["name", "description", "icon", "listUrl", "contactUrl", "images", "compatibility"],
  properties: {
    name: text("The registry's name, as Kasm shows it"),
    description: text("A sentence about the registry"),
    icon: text("A file beside registry.json"),
    listUrl: {
      type: "string",
      pattern: "^https?://\\S+/$",
      description: "The address of the site, with a slash at the end and without 1.0 or 1.1",
    },
    contactUrl: address("Where people can contact the publisher"),
    images: {
      type: "string",
      pattern: "^[^\\s{}]+/[^\\s{}]*\\{workspace\\}$",
      description: "Where images are pushed: HOST/NAME with {workspace} at the end",
    },
    compatibility: {
      type: "object",
      additionalProperties: false,
      required: ["from"],
      properties: {
        from: minorVersion("The oldest version of Kasm that the images support, such as 1.14"),
        to: minorVersion("The newest version of Kasm that the images support, such as 1.19"),
      },
      description: 'The versions of Kasm that the images support: { "from": "1.14" }',
    },
    defaultChannel: text("The tag that Kasm offers first"),
  },
};

/** File name of a workspace's icon; what kind of picture it is, its content says. */
export const ICON_NAME = /^[^/\\\s][^/\\]*\.[A-Za-z0-9]+$/;

const COMMON = {
  friendly_name: text("The name that Kasm shows"),
  description: text("A sentence about the workspace"),
  image_src: {
    type: "string",
    pattern: ICON_NAME.source,
    description: "A PNG or SVG file beside workspace.json",
  },
  architecture: {
    type: "array",
    minItems: 1,
    // Not uniqueItems, which compares each with each: a stranger's list may have millions.
    maxItems: 2,
    items: { enum: ["amd64", "arm64"] },
    description: "Processors that the image runs on",
  },
  categories: { type: "array", maxItems: 3, items: text("A category") },
  docker_registry: address("The registry, as for `docker login`"),
  run_config: { type: "object", description: "Additions to Kasm's own settings for `docker run`" },
  exec_config: {
    type: "object",
    additionalProperties: { type: "object", properties: { cmd: text("A command") } },
  },
  notes: { type: "string" },
  cores: { type: "integer", minimum: 1 },
  memory: { type: "integer", minimum: 1, description: "Megabytes" },
  gpu_count: { type: "integer", minimum: 0 },
  cpu_allocation_method: { enum: ["Inherit", "Quotas", "Shares"] },
  require_gpu: { type: "boolean" },
  enabled: { type: "boolean" },
  image_type: { type: "string" },
  sha: {
    type: "string",
    pattern: "^[0-9a-f]{40}$",
    description: "The hash of the workspace's folder: 40 hexadecimal digits",
  },
} as const;

const REQUIRED = ["friendly_name", "description", "image_src", "architecture", "compatibility"];

/** workspace.json by version of the format; in list.json each also has a `sha`. */
export const WORKSPACE_SCHEMAS: Readonly<Record<SchemaVersion, Record<string, unknown>>> = {
  "1.0": {
    type: "object",
    additionalProperties: false,
    required: [...REQUIRED, "name", "uncompressed_size_mb"],
    properties: {
      ...COMMON,
      name: imageReference,
      uncompressed_size_mb: megabytes,
      compatibility: { type: "array", minItems: 1, items: kasmVersion, description: "Versions of Kasm" },
    },
  },
  "1.1": {
    type: "object",
    additionalProperties: false,
    required: REQUIRED,
    properties: {
      ...COMMON,
      compatibility: {
        type: "array",
        minItems: 1,
        description: "An image for each version of Kasm",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["version", "image", "uncompressed_size_mb"],
          properties: {
            version: kasmVersion,
            image: imageReference,
            uncompressed_size_mb: megabytes,
            available_tags: { type: "array", items: text("A tag") },
          },
        },
      },
    },
  },
};

/** list.json by version of the format. */
export const LIST_SCHEMAS: Readonly<Record<SchemaVersion, Record<string, unknown>>> = {
  "1.0": listSchema("1.0", {}),
  "1.1": listSchema("1.1", {
    channels: { type: "array", items: text("A tag"), description: "All tags of all workspaces" },
    default_channel: { type: ["string", "null"], description: "The tag that Kasm offers first, or null" },
  }),
};

function listSchema(
  version: SchemaVersion,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const nullable = (description: string) => ({ type: ["string", "null"], description }) as const;
  const workspace = WORKSPACE_SCHEMAS[version];
  const properties = {
    name: text("The registry's name"),
    workspacecount: { type: "integer", minimum: 0, description: "How many workspaces there are" },
    icon: nullable("Address of the registry's icon"),
    description: nullable("A sentence about the registry"),
    list_url: nullable("The address of the site"),
    contact_url: nullable("Where people can contact the publisher"),
    modified: { type: "integer", minimum: 0, description: "Milliseconds since 1970" },
    workspaces: {
      type: "array",
      description: "The workspaces",
      items: { ...workspace, required: [...(workspace.required as string[]), "sha"] },
    },
    ...more,
  };
  return { type: "object", required: Object.keys(properties), properties };
}

export const IMAGES_SCHEMA: Schema = {
  type: "object",
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    required: ["repository", "tags", "digest", "architectures", "size"],
    properties: {
      repository: text("Where it was pushed: HOST/NAME"),
      tags: { type: "array", minItems: 1, items: text("A tag") },
      digest: {
        type: "string",
        pattern: "^sha256:[0-9a-f]{64}$",
        description: "A digest: sha256: and 64 hexadecimal digits",
      },
      architectures: COMMON.architecture,
      size: { type: "integer", minimum: 1, description: "Bytes of all layers" },
    },
  },
};
