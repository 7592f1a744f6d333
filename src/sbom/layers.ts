import { createReadStream } from "node:fs";
import { posix } from "node:path";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { type Image, unreadable } from "../engine/image.ts";
import { licencesIn } from "./licences.ts";

/** The Debian packages installed in an image. */
export interface Installed {
  /** Version of every installed package by `name:architecture`, from dpkg's status file. */
  readonly packages: ReadonlyMap<string, string>;
  /** Licences named by the copyright file, by package; empty if that is not machine-readable. */
  readonly licences: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads dpkg's status file and Debian's copyright files from an image on disk, without unpacking it.
 * @throws KasmixError E_ENGINE when a layer cannot be read
 */
export async function readInstalled(image: Pick<Image, "layers">): Promise<Installed> {
  const found: Found = { status: "", copyrights: new Map(), links: new Map() };
  for (const { kind, file } of image.layers) {
    if (kind !== "packages") continue;
    await readLayer(file, found).catch((cause: unknown) => {
      throw unreadable(file, cause);
    });
  }
  const packages = packagesIn(found.status);
  const licences = new Map<string, readonly string[]>();
  for (const name of new Set([...packages.keys()].map((key) => key.replace(/:.*/, "")))) {
    const copyright = copyrightOf(name, found);
    if (copyright !== undefined) licences.set(name, licencesIn(copyright));
  }
  return { packages, licences };
}

interface Found {
  /** dpkg's status file, from the highest layer that has one. */
  status: string;
  /** Copyright files by path. */
  readonly copyrights: Map<string, string>;
  /** Targets of links below usr/share/doc by path: packages of one source often share a folder. */
  readonly links: Map<string, string>;
}

const STATUS = "var/lib/dpkg/status";
const DOC = "usr/share/doc";
const COPYRIGHT = /^usr\/share\/doc\/[^/]+\/copyright$/;

async function readLayer(file: string, found: Found): Promise<void> {
  const archive = extract();
  // pipe() does not pass on errors of the file.
  const source = createReadStream(file, { highWaterMark: 1 << 20 }).on("error", (error) =>
    archive.destroy(error),
  );
  for await (const entry of source.pipe(archive)) {
    const { name, type, linkname } = entry.header;
    const path = posix.normalize(name);
    const isLink = type === "symlink" || type === "link";
    if (path === STATUS) found.status = await text(entry);
    else if (!isLink && COPYRIGHT.test(path)) found.copyrights.set(path, await text(entry));
    else entry.resume();
    if (isLink && path.startsWith(`${DOC}/`)) found.links.set(path, linked(path, type, linkname ?? ""));
  }
}

function linked(path: string, type: string, target: string): string {
  if (type === "link" || target.startsWith("/")) return posix.normalize(target).replace(/^\//, "");
  return posix.join(posix.dirname(path), target);
}

function copyrightOf(name: string, { copyrights, links }: Found): string | undefined {
  const folder = links.get(`${DOC}/${name}`) ?? `${DOC}/${name}`;
  const path = `${folder}/copyright`;
  return copyrights.get(links.get(path) ?? path);
}

function packagesIn(status: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const paragraph of status.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(paragraph)?.[1] ?? "";
    if (field("Status") !== "install ok installed") continue;
    packages.set(`${field("Package")}:${field("Architecture")}`, field("Version"));
  }
  return packages;
}
