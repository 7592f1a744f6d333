import { readFile } from "node:fs/promises";
import { extname, isAbsolute, join } from "node:path";
import { type Fault, KasmixError } from "../model/error.ts";
import { listWorkspaces, loadWorkspace } from "../model/load.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../model/resolve.ts";
import { exampleFaults } from "./examples.ts";
import { iconFaults, isPicture } from "./icon.ts";
import { keptIcon, readImages, viewOf } from "./images.ts";
import { kasmVersions } from "./kasm-versions.ts";
import type { Entry } from "./list.ts";
import { makeIcon } from "./make-icon.ts";
import { faultsOf, SCHEMA_VERSIONS, type SchemaVersion, WORKSPACE_SCHEMAS } from "./schemas.ts";
import { FOLDER, type RegistrySettings, readSettings } from "./settings.ts";
import { type OfferedImage, workspaceJson } from "./workspace-json.ts";

/** A workspace in a registry. */
export interface Offer {
  readonly workspace: ResolvedWorkspace;
  readonly image: OfferedImage;
  /** File name of the icon, unique in the registry, and its content. */
  readonly icon: string;
  readonly picture: Buffer;
  /** A picture of its desktop, for the page: a WebP. */
  readonly view?: Buffer;
  /** By version of the format, without formats that only unsupported versions of Kasm read. */
  readonly entries: Readonly<Partial<Record<SchemaVersion, Entry>>>;
}

/** Everything that a registry is built from. */
export interface Collection {
  readonly settings: RegistrySettings;
  /** The registry's own icon. */
  readonly icon: Buffer;
  readonly offers: readonly Offer[];
  /** Workspaces that are not offered, because they were neither pushed nor built. */
  readonly leftOut: readonly string[];
  /** What looks wrong in Kasm or, with addresses that are examples, cannot work. */
  readonly warnings: readonly Fault[];
}

/** An image built here. */
export interface BuiltImage {
  /** Bytes of all layers. */
  readonly size: number;
  /** Reads a file of the image; `undefined` if there is none. */
  readonly read: (path: string) => Promise<Buffer | undefined>;
}

export interface CollectOptions {
  /** A workspace's last image built here; `undefined` if there is none. */
  readonly built: (workspace: string) => Promise<BuiltImage | undefined>;
  /** Tags of images that are not pushed yet. */
  readonly tags: readonly string[];
  /** Address of the site. @default that of the settings */
  readonly listUrl?: string;
}

/**
 * Reads settings, workspaces, icons and pictures. A workspace's image is the one pushed last, else the last build as it
 * would be pushed; without either it is left out. A workspace without a usable icon gets one made from its title.
 * @throws KasmixError E_MODEL with all faults, or when nothing can be offered
 */
export async function collect(root: string, options: CollectOptions): Promise<Collection> {
  const settings = await readSettings(root, options.listUrl);
  const [names, images] = [await listWorkspaces(root), await readImages(root)];
  const [offers, leftOut, warnings]: [Offer[], string[], Fault[]] = [[], [], exampleFaults(settings)];
  for (const name of names) {
    const workspace = resolveWorkspace(await loadWorkspace(root, name));
    const built = images[name] ? undefined : await options.built(name);
    const image = images[name] ?? (built && unpublished(name, settings, options.tags, built));
    if (image === undefined) leftOut.push(name);
    else offers.push(await makeOffer(root, { workspace, image, built, settings }, warnings));
  }
  const faults = offers.flatMap(ownFaults);
  const icon = await readIfThere(join(root, FOLDER, settings.icon));
  if (icon === undefined)
    faults.push({ path: `${FOLDER}/${settings.icon}`, message: "is missing", fix: NO_ICON });
  else warnings.push(...iconFaults(icon, `${FOLDER}/${settings.icon}`));
  if (faults.length > 0 || icon === undefined) {
    throw new KasmixError("E_MODEL", "The registry cannot be built.", { faults });
  }
  if (offers.length === 0) throw nothingToOffer();
  return { settings, icon, offers, leftOut, warnings };
}

const NO_ICON = "Add a square PNG or SVG, or correct its name.";

function nothingToOffer(): KasmixError {
  return new KasmixError("E_MODEL", "No workspace was pushed or built: the registry would be empty.", {
    fix: "./kasmix build NAME, or ./kasmix push NAME once registry/registry.json says where to.",
  });
}

function unpublished(
  name: string,
  settings: RegistrySettings,
  tags: readonly string[],
  { size }: BuiltImage,
): OfferedImage {
  const repository = settings.images.replace("{workspace}", name);
  return { repository, tags, architectures: ["amd64"], size };
}

interface Offered {
  readonly workspace: ResolvedWorkspace;
  readonly image: OfferedImage;
  readonly built: BuiltImage | undefined;
  readonly settings: RegistrySettings;
}

async function makeOffer(root: string, offered: Offered, warnings: Fault[]): Promise<Offer> {
  const { workspace, image, settings } = offered;
  const { name, title } = workspace;
  const own = await readIcon(root, offered, warnings);
  const picture = own ?? makeIcon(name, title);
  // The icons of all workspaces share a folder.
  const icon = `${name}${own ? extname(workspace.icon) : ".svg"}`;
  const view = await readIfThere(join(root, viewOf(name)));
  const entries = SCHEMA_VERSIONS.flatMap((version) => {
    const readers = kasmVersions(settings.compatibility).filter((kasm) => formatOf(kasm) === version);
    if (readers.length === 0) return [];
    const value = workspaceJson(workspace, version, { image, compatibility: readers, icon });
    const json = Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
    return [[version, { folder: name, json, files: { [icon]: picture } }] as const];
  });
  return { workspace, image, icon, picture, ...(view && { view }), entries: Object.fromEntries(entries) };
}

/**
 * Reads a workspace's icon: a file of its folder, or of its image. That of a pushed image was kept by the push, so that
 * nothing has to be built. `undefined` where there is none, or none that can be shown.
 */
async function readIcon(
  root: string,
  { workspace: { name, icon }, built }: Offered,
  warnings: Fault[],
): Promise<Buffer | undefined> {
  const ofImage = isAbsolute(icon);
  const path = ofImage ? keptIcon(name, icon) : `workspaces/${name}/${icon}`;
  const ofBuild = ofImage && built !== undefined;
  const [where, content] = ofBuild
    ? [`${name}: ${icon}`, await built.read(icon)]
    : [path, await readIfThere(join(root, path))];
  // A workspace that names no icon has none on purpose; one that is named is a file of the folder (src/model) or the image.
  if (content === undefined && ofImage) warnings.push({ path: where, message: "is missing", fix: NO_ICON });
  if (content === undefined) return undefined;
  warnings.push(...iconFaults(content, where));
  return isPicture(content) ? content : undefined;
}

/** The format that a version of Kasm reads. */
function formatOf(kasm: string): SchemaVersion {
  const [major = 0, minor = 0] = kasm.split(".").map(Number);
  return major > 1 || minor >= 16 ? "1.1" : "1.0";
}

/** What Kasm would refuse, such as a fourth category. */
function ownFaults({ workspace, entries }: Offer): Fault[] {
  return SCHEMA_VERSIONS.flatMap((version) => {
    const { json } = entries[version] ?? {};
    const where = `workspaces/${workspace.name} (format ${version})`;
    return json ? faultsOf(WORKSPACE_SCHEMAS[version], JSON.parse(json.toString("utf8")), where) : [];
  });
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}
