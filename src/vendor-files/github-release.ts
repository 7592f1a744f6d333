import { KasmixError } from "../model/error.ts";
import { isRecord } from "../model/paths.ts";
import type { VendorPackage, VendorSource } from "../model/types.ts";
import { type Asking, type Newest, readAnswer } from "./ask.ts";
import { fileName } from "./file.ts";

type Source = Extract<VendorSource, { readonly githubRelease: string }>;

/** The used fields of a release. */
interface Release {
  readonly tag: string;
  readonly published: string;
  readonly assets: readonly { readonly name: string; readonly url: string; readonly digest: string }[];
}

const API = "https://api.github.com";
const LIST_LIMIT = 16 * 1024 ** 2;
const SUMS_LIMIT = 1024 ** 2;

/**
 * The newest release with a matching tag and the package's file, without drafts and previews; with the file's hash from the
 * release's SHA256SUMS or from the list itself, if one has it. Throws E_FETCH.
 */
export async function findRelease(
  { githubRelease, tag }: Source,
  { name, url }: Pick<VendorPackage, "url"> & { readonly name: string },
  asking: Asking,
): Promise<Newest> {
  const pattern = new RegExp(tag);
  const address = `${API}/repos/${githubRelease}/releases?per_page=100`;
  const headers = { accept: "application/vnd.github+json" };
  const releases = readReleases(await readAnswer(address, LIST_LIMIT, { ...asking, headers }), address);
  const matching = releases
    .map((release) => ({ release, version: pattern.exec(release.tag)?.[1] }))
    .filter((entry): entry is { release: Release; version: string } => entry.version !== undefined)
    .sort((a, b) => (a.release.published < b.release.published ? 1 : -1));
  for (const { release, version } of matching) {
    const file = fileName(name, { url: url.replaceAll("{version}", version), version });
    const asset = release.assets.find((each) => each.name === file);
    if (asset === undefined) continue;
    const sha256 = (await readSums(release, file, asking)) ?? /^sha256:(.+)$/.exec(asset.digest)?.[1];
    return sha256 === undefined ? { version } : { version, sha256 };
  }
  const why =
    matching.length === 0 ? `no release's tag matches ${tag}` : "no release has the file that `url` names";
  throw new KasmixError("E_FETCH", `${githubRelease}: ${why}`, {
    fix: `Look at https://github.com/${githubRelease}/releases and correct \`newest\` or \`url\`.`,
  });
}

/** The file's line in the release's list of hashes. */
async function readSums(release: Release, file: string, asking: Asking): Promise<string | undefined> {
  const sums = release.assets.find(({ name }) => /^sha256sums?(\.txt)?$/i.test(name));
  if (sums === undefined) return undefined;
  const text = (await readAnswer(sums.url, SUMS_LIMIT, asking)).toString("utf8");
  const lines = text.split("\n").map((line) => /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(.+?)\r?$/.exec(line));
  return lines.find((line) => line?.[2] === file)?.[1]?.toLowerCase();
}

function readReleases(content: Buffer, address: string): Release[] {
  const list = parse(content);
  if (!Array.isArray(list)) {
    const { host } = new URL(address);
    throw new KasmixError("E_FETCH", `${host} does not send a list of releases`, { fix: "Try again later." });
  }
  return list.flatMap((entry: unknown): Release[] => {
    if (!isRecord(entry) || entry.draft === true || entry.prerelease === true) return [];
    const assets = Array.isArray(entry.assets) ? entry.assets.filter(isRecord) : [];
    return [
      {
        tag: text(entry.tag_name),
        published: text(entry.published_at),
        assets: assets
          .map(({ name, browser_download_url, digest }) => ({
            name: text(name),
            url: text(browser_download_url),
            digest: text(digest),
          }))
          .filter(({ url }) => url.startsWith("https://")),
      },
    ];
  });
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
