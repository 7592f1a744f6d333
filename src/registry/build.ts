import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Collection } from "./collect.ts";
import { type ListOptions, renderList, renderVersions } from "./list.ts";
import { SCHEMA_VERSIONS, type SchemaVersion } from "./schemas.ts";
import { siteScript, siteStyle } from "./site/assets.ts";
import { renderSite } from "./site/render.ts";

/**
 * Writes a registry as any static host serves it, also under a path of its own: list.json, icons and versions for each
 * version of the format, and the page. What was in the folder before is replaced as a whole, at the end.
 * @param modified milliseconds since 1970; with the same one the result is the same, byte by byte
 */
export async function buildRegistry(collection: Collection, folder: string, modified: number): Promise<void> {
  const files = { ...(await siteFiles(collection)), ...listFiles(collection, modified) };
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    await replaceFolder(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

type Files = Readonly<Record<string, string | Buffer>>;

async function siteFiles(collection: Collection): Promise<Files> {
  const { settings, icon } = collection;
  return {
    "index.html": renderSite(collection),
    "site.css": await siteStyle(),
    "site.js": await siteScript(),
    [settings.icon]: icon,
    ...Object.fromEntries(collection.offers.map((offer) => [`icons/${offer.icon}`, offer.picture])),
    // Otherwise GitHub Pages leaves out what begins with an underscore, and takes its time.
    ".nojekyll": "",
  };
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
    // Who follows Kasm's links into the folder finds the page.
    [`${version}/index.html`]: '<!doctype html>\n<meta http-equiv="refresh" content="0; url=../">\n',
    ...Object.fromEntries(icons),
  };
}

async function replaceFolder(draft: string, folder: string): Promise<void> {
  const old = `${draft}-old`;
  const had = await rename(folder, old).then(
    () => true,
    () => false,
  );
  await rename(draft, folder);
  if (had) await rm(old, { recursive: true });
}
