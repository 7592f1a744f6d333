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

/** A workspace in a registry. */
export interface Offer {
  readonly workspace: ResolvedWorkspace;
  readonly image: OfferedImage;
  /** File name of the icon, unique in the registry, and its content. */
  readonly icon: string;
  readonly picture: Buffer;
  /** By version of the format, without formats that only unsupported versions of Kasm read. */
  readonly entries: Readonly<Partial<Record<SchemaVersion, Entry>>>;
}

/** Everything that a registry is built from. */
export interface Collection {
  readonly settings: RegistrySettings;
  /** The registry's own icon. */
  readonly icon: Buffer;
  readonly offers: readonly Offer[];
}

export interface CollectOptions {
  /** Bytes of a workspace's last image built here; `undefined` if there is none. */
  readonly builtSize: (workspace: string) => Promise<number | undefined>;
  /** Tags of images that are not pushed yet. */
  readonly tags: readonly string[];
}

/**
 * Reads settings, workspaces and icons. A workspace's image is the one pushed last, else the last build as it would be
 * pushed.
 * @throws KasmixError E_MODEL with all faults
 */
export async function collect(root: string, options: CollectOptions): Promise<Collection> {
  const settings = await readSettings(root);
  const [names, images] = [await listWorkspaces(root), await readImages(root)];
  const faults: Fault[] = [];
  const offers: Offer[] = [];
  for (const name of names) {
    const workspace = resolveWorkspace(await loadWorkspace(root, name));
    const image = images[name] ?? (await unpublished(name, settings, options));
    if (image === undefined) faults.push(unknownSize(name));
    const picture = await readPicture(root, `workspaces/${name}/${workspace.icon}`, faults);
    if (image && picture) offers.push(offer(workspace, image, picture, settings));
  }
  const icon = await readPicture(root, `${FOLDER}/${settings.icon}`, faults);
  faults.push(...offers.flatMap(ownFaults));
  if (faults.length > 0 || icon === undefined) {
    throw new KasmixError("E_MODEL", "The registry cannot be built.", { faults });
  }
  return { settings, icon, offers };
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
    message: "was neither pushed nor built, so the size of its image is unknown",
    fix: `Run ./kasmix build ${name} or ./kasmix push ${name}.`,
  };
}

function offer(
  workspace: ResolvedWorkspace,
  image: OfferedImage,
  picture: Buffer,
  { compatibility }: RegistrySettings,
): Offer {
  // The icons of all workspaces share a folder.
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

/** Reads an icon, and adds what is wrong with it to `faults`. */
async function readPicture(root: string, path: string, faults: Fault[]): Promise<Buffer | undefined> {
  const picture = await readFile(join(root, path)).catch(() => undefined);
  if (picture) faults.push(...iconFaults(picture, path));
  else faults.push({ path, message: "is missing", fix: "Add a square PNG or SVG, or correct its name." });
  return picture;
}
