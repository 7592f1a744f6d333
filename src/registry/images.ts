import { extname, isAbsolute, join } from "node:path";
import { replaceFile } from "../files/replace.ts";
import { KasmixError } from "../model/error.ts";
import type { Workspace } from "../model/types.ts";
import { faultsOf, IMAGES_SCHEMA } from "./schemas.ts";
import { FOLDER, readJson } from "./settings.ts";
import type { OfferedImage } from "./workspace-json.ts";

/** A pushed image. */
export interface PublishedImage extends OfferedImage {
  /** Digest of its manifest in the OCI registry. */
  readonly digest: string;
}

const PATH = `${FOLDER}/images.json`;

/**
 * Reads registry/images.json, the last pushed image of each workspace; empty without the file. The file is committed, so
 * that the registry can be built without building or pushing images.
 * @throws KasmixError E_MODEL with all faults
 */
export async function readImages(root: string): Promise<Readonly<Record<string, PublishedImage>>> {
  const value = await readJson(join(root, PATH), PATH).catch((error: unknown) => {
    if (error instanceof KasmixError && isMissing(error.cause)) return {};
    throw error;
  });
  const faults = faultsOf(IMAGES_SCHEMA, value, PATH);
  if (faults.length === 0) return value as Readonly<Record<string, PublishedImage>>;
  const fix = "./kasmix push writes it: remove the faulty workspace and push it again.";
  throw new KasmixError("E_MODEL", `${PATH} is invalid.`, { faults, fix });
}

/** Where the icon of a pushed image is kept that is a file of the image; `icon` is its path there. */
export function keptIcon(workspace: string, icon: string): string {
  return `${FOLDER}/icons/${workspace}${extname(icon)}`;
}

/** Where the picture of a workspace's desktop is, if it has one: CONTRIBUTING.md says how to take it. */
export function viewOf(workspace: string): string {
  return `${FOLDER}/pictures/${workspace}.webp`;
}

/** Records the pushed image of a workspace in registry/images.json. */
export async function noteImage(root: string, workspace: string, image: PublishedImage): Promise<void> {
  const images = { ...(await readImages(root)), [workspace]: image };
  const sorted = Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1)));
  await replaceFile(join(root, PATH), `${JSON.stringify(sorted, null, 2)}\n`);
}

/** Keeps the icon of a pushed image that is a file of the image; `read` reads those. */
export async function keepIcon(
  root: string,
  { name, icon = "" }: Workspace,
  read: (path: string) => Promise<Buffer | undefined>,
): Promise<void> {
  const content = isAbsolute(icon) ? await read(icon) : undefined;
  if (content !== undefined) await replaceFile(join(root, keptIcon(name, icon)), content);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
