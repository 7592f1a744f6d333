import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KasmixError } from "../model/error.ts";
import type { Collection, Offer } from "./collect.ts";
import { type ListOptions, renderList, renderVersions } from "./list.ts";
import { SCHEMA_VERSIONS, type SchemaVersion } from "./schemas.ts";
import { siteScript, siteStyle } from "./site/assets.ts";
import { renderSite } from "./site/render.ts";

/**
 * Writes a registry for any static host, at any path: list.json, icons and versions for each version of the format, and
 * the page. An earlier registry in the folder is replaced as a whole, at the end.
 * @param modified milliseconds since 1970; the same value gives the same bytes
 * @throws KasmixError E_USAGE when the folder holds something else or cannot be written
 */
export async function buildRegistry(collection: Collection, folder: string, modified: number): Promise<void> {
  await requireReplaceable(folder);
  const files = { ...(await siteFiles(collection)), ...listFiles(collection, modified) };
  try {
    await writeSite(files, folder);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/**
 * Refuses a folder that exists and is neither empty nor an earlier registry, because its content would be deleted:
 * `--out .` is quickly typed.
 * @throws KasmixError E_USAGE
 */
export async function requireReplaceable(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw unwritable(folder, error);
  });
  const isRegistry = names.includes("versions.txt") && !names.includes(".git");
  if (names.length === 0 || isRegistry) return;
  const message = `${folder} holds something other than a built registry, and all of it would be deleted.`;
  throw new KasmixError("E_USAGE", message, { fix: "Name a new folder, or empty this one first." });
}

function unwritable(folder: string, cause: unknown): KasmixError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KasmixError("E_USAGE", `The registry cannot be written to ${folder}: ${reason}`, { cause });
}

type Files = Readonly<Record<string, string | Buffer>>;

async function writeSite(files: Files, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const scratch = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    // In subfolders: the scratch folder is private, and a web server must be able to read the site.
    const [draft, old] = [join(scratch, "new"), join(scratch, "old")];
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    await mkdir(folder, { recursive: true });
    await rename(folder, old);
    await rename(draft, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function siteFiles(collection: Collection): Promise<Files> {
  const { settings, icon } = collection;
  return {
    "index.html": renderSite(collection),
    "site.css": await siteStyle(),
    "site.js": await siteScript(),
    [settings.icon]: icon,
    ...Object.fromEntries(collection.offers.flatMap(picturesOf)),
    // Without it GitHub Pages runs Jekyll, which is slow and drops files that begin with an underscore.
    ".nojekyll": "",
  };
}

function picturesOf({ workspace: { name }, icon, picture, view }: Offer): [string, Buffer][] {
  return [[`icons/${icon}`, picture], ...(view ? [[`pictures/${name}.webp`, view] as [string, Buffer]] : [])];
}

function listFiles(collection: Collection, modified: number): Files {
  const versions = SCHEMA_VERSIONS.filter((version) =>
    collection.offers.some(({ entries }) => entries[version]),
  );
  const folders = versions.map((version) => listFolder(collection, version, modified));
  return Object.assign({ "versions.txt": `${versions.join("\n")}\n` }, ...folders);
}

function listFolder({ settings, offers }: Collection, version: SchemaVersion, modified: number): Files {
  const { name, description, listUrl, contactUrl, defaultChannel } = settings;
  const options: ListOptions = {
    ...{ name, description, listUrl, contactUrl, modified, icon: `${listUrl}${settings.icon}` },
    ...(defaultChannel === undefined ? {} : { defaultChannel }),
  };
  const entries = offers.flatMap((offer) => offer.entries[version] ?? []);
  const icons = entries.flatMap(({ files }) =>
    Object.entries(files).map(([file, content]) => [`${version}/icons/${file}`, content] as const),
  );
  return {
    [`${version}/list.json`]: renderList(entries, version, options),
    ...(version === "1.0" ? {} : { [`${version}/versions.json`]: renderVersions(entries) }),
    // Kasm links to this folder: redirect people to the page.
    [`${version}/index.html`]: '<!doctype html>\n<meta http-equiv="refresh" content="0; url=../">\n',
    ...Object.fromEntries(icons),
  };
}
