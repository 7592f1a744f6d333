import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { type Fault, KasmixError } from "../model/error.ts";
import { listWorkspaces, loadWorkspace } from "../model/load.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../model/resolve.ts";
import { iconFaults } from "./icon.ts";
import { readImages } from "./images.ts";
import type { Entry } from "./list.ts";
import { faultsOf, SCHEMA_VERSIONS, type SchemaVersion, WORKSPACE_SCHEMAS } from "./schemas.ts";
import { FOLDER, type RegistrySettings, readSettings } from "./settings.ts";
import { type OfferedImage, workspaceJson } from "./workspace-json.ts";

/** A workspace as a registry shows it. */
export interface Offer {
  readonly workspace: ResolvedWorkspace;
  readonly image: OfferedImage;
  /** File name of the icon, unique in the registry, and its content. */
  readonly icon: string;
  readonly picture: Buffer;
  /** By version of the format; those that only Kasms read which the image is not for are left out. */
  readonly entries: Readonly<Partial<Record<SchemaVersion, Entry>>>;
}

/** Everything that a registry is made from. */
export interface Collection {
  readonly settings: RegistrySettings;
  /** The registry's own icon. */
  readonly icon: Buffer;
  readonly offers: readonly Offer[];
}

export interface CollectOptions {
  /** Bytes of a workspace's image as it was last built here; `undefined` where it was not. */
  readonly builtSize: (workspace: string) => Promise<number | undefined>;
  /** Tags of images that were not pushed yet. */
  readonly tags: readonly string[];
}

/**
 * Reads settings, workspaces, icons and what is known of their images. What was not pushed yet is offered as it would be
 * pushed, with the size of the last build.
 * @throws KasmixError E_MODEL with everything that is wrong
 */
export async function collect(root: string, options: CollectOptions): Promise<Collection> {
  const settings = await readSettings(root);
  const [names, images] = [await listWorkspaces(root), await readImages(root)];
  const faults: Fault[] = [];
  const offers: Offer[] = [];
  for (const name of names) {
    const workspace = resolveWorkspace(await loadWorkspace(root, name));
    const image = images[name] ?? (await unpublished(name, settings, options));
    const path = `workspaces/${name}/${workspace.icon}`;
    const picture = await readPicture(join(root, path));
    if (image === undefined) faults.push(unknownSize(name));
    if (picture === undefined)
      faults.push({ path, message: "is missing", fix: "Draw one: a square PNG or SVG." });
    if (picture !== undefined) faults.push(...iconFaults(picture, path));
    if (image && picture) offers.push(offer(workspace, image, picture, settings));
  }
  const icon = await readPicture(join(root, FOLDER, settings.icon));
  const iconPath = `${FOLDER}/${settings.icon}`;
  if (icon === undefined)
    faults.push({ path: iconPath, message: "is missing", fix: "Draw one, or correct registry.json." });
  else faults.push(...iconFaults(icon, iconPath));
  faults.push(...offers.flatMap(ownFaults));
  if (faults.length > 0) throw new KasmixError("E_MODEL", "The registry cannot be built.", { faults });
  return { settings, icon: icon as Buffer, offers };
}

async function unpublished(
  name: string,
  settings: RegistrySettings,
  { builtSize, tags }: CollectOptions,
): Promise<OfferedImage | undefined> {
  const size = await builtSize(name);
  const repository = settings.images.replace("{workspace}", name);
  return size === undefined ? undefined : { repository, tags, architectures: ["amd64"], size };
}

function unknownSize(name: string): Fault {
  return {
    path: `workspaces/${name}`,
    message: "was neither pushed nor built, so that the size of its image is not known",
    fix: `./kasmix build ${name}, or ./kasmix push ${name}`,
  };
}

function offer(
  workspace: ResolvedWorkspace,
  image: OfferedImage,
  picture: Buffer,
  { compatibility }: RegistrySettings,
): Offer {
  // Icons of all workspaces lie in one folder.
  const icon = `${workspace.name}${extname(workspace.icon)}`;
  const entries = SCHEMA_VERSIONS.flatMap((version) => {
    const readers = compatibility.filter((kasm) => formatOf(kasm) === version);
    if (readers.length === 0) return [];
    const value = workspaceJson(workspace, version, { image, compatibility: readers, icon });
    const json = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    return [[version, { folder: workspace.name, json, files: { [icon]: picture } }] as const];
  });
  return { workspace, image, icon, picture, entries: Object.fromEntries(entries) };
}

/** The format that a line of Kasm's versions reads: 1.1 since Kasm 1.16. */
function formatOf(kasm: string): SchemaVersion {
  const [major = 0, minor = 0] = kasm.split(".").map(Number);
  return major > 1 || minor >= 16 ? "1.1" : "1.0";
}

/** What Kasm would not take of what is made here: a title too long and the like. */
function ownFaults({ workspace, entries }: Offer): Fault[] {
  return SCHEMA_VERSIONS.flatMap((version) => {
    const { json } = entries[version] ?? {};
    const where = `workspaces/${workspace.name} (format ${version})`;
    return json ? faultsOf(WORKSPACE_SCHEMAS[version], JSON.parse(json.toString("utf8")), where) : [];
  });
}

async function readPicture(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}
