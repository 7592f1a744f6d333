import { gunzipSync } from "node:zlib";
import { field, splitParagraphs } from "../debian/parse.ts";
import { KasmixError } from "../model/error.ts";
import type { VendorSource } from "../model/types.ts";
import { type Asking, type Newest, readAnswer } from "./ask.ts";
import { compareVersions } from "./compare-versions.ts";

type Source = Extract<VendorSource, { readonly debianPackages: string }>;

/** Bytes of an index, also when it is unpacked. */
const LIMIT = 64 * 1024 ** 2;

/**
 * The newest version of a package in a Debian repository's index, with its hash. `url` is the package's own, with
 * `{version}`. Throws E_FETCH, also when the newest file lies elsewhere than that address says.
 */
export async function findInPackages(source: Source, url: string, asking: Asking): Promise<Newest> {
  const text = unpack(source.debianPackages, await readAnswer(source.debianPackages, LIMIT, asking));
  const entries = splitParagraphs(text.replaceAll("\r\n", "\n")).filter(
    (paragraph) => field(paragraph, "Package") === source.package,
  );
  const newest = entries.map(toEntry).sort((a, b) => compareVersions(b.version, a.version))[0];
  if (newest === undefined) {
    throw failure(
      `${source.debianPackages} has no package ${source.package}`,
      "Correct the name or the address.",
    );
  }
  const { sha256, path } = newest;
  if (sha256 === "") {
    throw failure(`${source.debianPackages} has no SHA256 of ${source.package} ${newest.version}`);
  }
  return { version: versionInAddress(newest.version, url, source.debianPackages, path), sha256 };
}

function toEntry(paragraph: string): { version: string; path: string; sha256: string } {
  const get = (name: string) => field(paragraph, name) ?? "";
  return { version: get("Version"), path: get("Filename"), sha256: get("SHA256").toLowerCase() };
}

/** The version as in the address: file names leave out the epoch. */
function versionInAddress(version: string, url: string, index: string, path: string): string {
  const root = index.includes("/dists/") ? index.slice(0, index.indexOf("/dists/")) : undefined;
  const isHere = (candidate: string) => {
    const address = url.replaceAll("{version}", candidate);
    // The place of the index shows the repository's root; otherwise only the file's name can be compared.
    return root === undefined
      ? lastPart(address) === lastPart(path)
      : address === `${root}/${path.replace(/^\.\//, "")}`;
  };
  const found = [version, version.replace(/^\d+:/, "")].find(isHere);
  if (found !== undefined) return found;
  const address = root === undefined ? path : `${root}/${path}`;
  throw failure(
    `${version} is at ${address} now, which does not match \`url\``,
    "Correct `url`; {version} stands for the version in it.",
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function unpack(address: string, content: Buffer): string {
  const { pathname } = new URL(address);
  if (/\.(xz|bz2|zst|lzma)$/.test(pathname)) {
    throw failure(
      `${address} is compressed in a format that Kasmix does not read`,
      "Use Packages or Packages.gz instead.",
    );
  }
  if (content[0] !== 0x1f || content[1] !== 0x8b) return content.toString("utf8");
  try {
    return gunzipSync(content, { maxOutputLength: LIMIT }).toString("utf8");
  } catch (cause) {
    const why = cause instanceof RangeError ? "is too long" : "is damaged";
    throw failure(`${address} ${why}`, "Try again later.", cause);
  }
}

function failure(message: string, fix = "Set version and sha256 by hand.", cause?: unknown): KasmixError {
  return new KasmixError("E_FETCH", message, { fix, cause });
}
