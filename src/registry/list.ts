import type { SchemaVersion } from "./schemas.ts";
import { folderHash } from "./sha.ts";

/** A workspace of a registry: its workspace.json as published, byte for byte, and the files beside it. */
export interface Entry {
  /** Name of its folder. */
  readonly folder: string;
  readonly json: Buffer;
  /** The icon and all other files of the folder, by file name. */
  readonly files: Readonly<Record<string, Buffer>>;
}

export interface ListOptions {
  readonly name: string;
  /** Address of the registry's icon. */
  readonly icon: string;
  readonly description: string;
  readonly listUrl: string;
  readonly contactUrl: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly defaultChannel?: string;
}

/**
 * list.json, byte for byte as Kasm's own generator (processjson.js of the registry template) writes it: its order of keys,
 * a workspace's keys as in its file with `sha` last, no white space, no newline.
 */
export function renderList(entries: readonly Entry[], version: SchemaVersion, options: ListOptions): string {
  const workspaces = entries.map(({ folder, json, files }) => ({
    ...(JSON.parse(json.toString("utf8")) as Workspace),
    sha: folderHash(folder, { ...files, "workspace.json": json }),
  }));
  const channels = channelsOf(workspaces);
  return JSON.stringify({
    name: options.name,
    workspacecount: entries.length,
    icon: options.icon,
    description: options.description,
    list_url: options.listUrl,
    contact_url: options.contactUrl,
    modified: options.modified,
    workspaces,
    ...(version === "1.0" ? {} : { channels, default_channel: defaultChannel(channels, options) }),
  });
}

/** versions.json of the format 1.1: every version of Kasm that a workspace supports, in the order of the list. */
export function renderVersions(entries: readonly Entry[]): string {
  const versions = entries.flatMap(({ json }) =>
    (JSON.parse(json.toString("utf8")) as Workspace).compatibility.map(({ version }) => version),
  );
  return JSON.stringify({ versions: [...new Set(versions)] });
}

/** The fields of workspace.json (format 1.1) that the list is made from. */
interface Workspace {
  readonly compatibility: readonly {
    readonly version: string;
    readonly available_tags?: readonly string[];
  }[];
}

function channelsOf(workspaces: readonly Workspace[]): string[] {
  const tags = workspaces.flatMap(({ compatibility }) =>
    compatibility.flatMap(({ available_tags = [] }) => available_tags),
  );
  return [...new Set(tags)];
}

/** Kasm's own generator always writes `develop`, which is useless when no workspace has that tag. */
function defaultChannel(channels: readonly string[], { defaultChannel }: ListOptions): string | null {
  if (defaultChannel !== undefined || channels.includes("develop")) return defaultChannel ?? "develop";
  return channels[0] ?? null;
}
