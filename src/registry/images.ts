import { join } from "node:path";
import { replaceFile } from "../files/replace.ts";
import { KasmixError } from "../model/error.ts";
import { faultsOf, IMAGES_SCHEMA } from "./schemas.ts";
import { FOLDER, readJson } from "./settings.ts";
import type { OfferedImage } from "./workspace-json.ts";

/** An image that was pushed. */
export interface PublishedImage extends OfferedImage {
  /** Of its manifest in the OCI registry. */
  readonly digest: string;
}

const PATH = `${FOLDER}/images.json`;

/**
 * registry/images.json: what was pushed last, by workspace. It is committed, so that the registry can be built without
 * building or pushing anything. Empty where there is no such file.
 * @throws KasmixError E_MODEL with all its faults
 */
export async function readImages(root: string): Promise<Readonly<Record<string, PublishedImage>>> {
  const value = await readJson(join(root, PATH), PATH).catch((error: unknown) => {
    if (error instanceof KasmixError && isMissing(error.cause)) return {};
    throw error;
  });
  const faults = faultsOf(IMAGES_SCHEMA, value, PATH);
  if (faults.length === 0) return value as Readonly<Record<string, PublishedImage>>;
  const fix = "It is written by ./kasmix push: remove the faulty workspace and push it again.";
  throw new KasmixError("E_MODEL", `${PATH} is wrong.`, { faults, fix });
}

/** Notes what was pushed for a workspace. */
export async function noteImage(root: string, workspace: string, image: PublishedImage): Promise<void> {
  const images = { ...(await readImages(root)), [workspace]: image };
  const sorted = Object.fromEntries(Object.entries(images).sort(([a], [b]) => (a < b ? -1 : 1)));
  await replaceFile(join(root, PATH), `${JSON.stringify(sorted, null, 2)}\n`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
