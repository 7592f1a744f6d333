import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Architecture, Lock } from "../debian/format.ts";
import { readLock } from "../debian/read.ts";
import type { Image, ImageSource } from "../engine/image.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import { KASMVNC, resolveWorkspace, vendorOf } from "../model/resolve.ts";
import { sourceDate } from "../model/source-date.ts";
import type { Workspace } from "../model/types.ts";
import { type VendorFile, vendorFiles } from "../vendor-files/file.ts";
import { type PinnedWheel, readWheels } from "../wheels/read.ts";
import { readInstalled } from "./layers.ts";
import { type NpmPackage, type Part, partsOf, type Source } from "./part.ts";
import type { Subject } from "./subject.ts";

/** A software bill of materials (SBOM): an image and everything in it. */
export interface Bill {
  readonly subject: Subject;
  readonly parts: readonly Part[];
  /** Vendors' files; empty for an image without vendor software. */
  readonly vendor: readonly VendorFile[];
  /** Empty for an image without wheels. */
  readonly wheels: readonly PinnedWheel[];
}

/**
 * Collects what is in a built image: packages and their hashes from the locks, licences from the image. `asBuilt` is the
 * workspace as this image has it, under the image's name; `lock` is the name of its lock.
 * @throws KasmixError E_STALE when the image was built from other locks, because the SBOM would be wrong; E_MODEL when it
 * is not based on Debian's packages
 */
export async function readBill(
  root: string,
  { asBuilt, lock }: { readonly asBuilt: Workspace; readonly lock: string },
  image: Image,
): Promise<Bill> {
  const { name: workspace } = asBuilt;
  // Comes first: images based on nixpkgs have no lock to read.
  refuseUnknownLayers(workspace, image);
  const config = await readConfig(image);
  const [core, own, npm, installed, kasmix, sources] = await Promise.all([
    readLock(root, "core", config.architecture),
    readLock(root, lock, config.architecture),
    readBundled(root),
    readInstalled(image),
    readOwn(root),
    readSources(root, image),
  ]);
  const isStandIn = config.config.Labels?.["io.kasmix.vendor"] === "stand-in";
  refuseOtherVendors(asBuilt, image, isStandIn);
  refuseOtherLocks(workspace, [core, own], installed.packages);
  const vendor = isStandIn ? [] : vendorFiles(resolveWorkspace(asBuilt));
  const store = image.layers.flatMap(({ paths }) => paths ?? []);
  const hasWheels = image.layers.some(({ kind }) => kind === "wheel");
  const wheels = hasWheels ? await readWheels(root, config.architecture) : [];
  const { licences } = installed;
  const parts = partsOf({ locks: [core, own], licences, npm, vendor, store, sources, wheels, kasmix });
  const subject = {
    ...{ workspace, digest: image.digest, config: image.config.digest, version: kasmix.version },
    architecture: config.architecture,
    created: sourceDate() ?? Date.parse(config.created) / 1000,
  };
  return { subject, parts, vendor, wheels };
}

/** The npm packages that nix/runtime.nix bundles, as package-lock.json pins them. */
export async function readBundled(root: string): Promise<NpmPackage[]> {
  const [expression, lock] = await Promise.all(
    ["nix/runtime.nix", "package-lock.json"].map((path) => readFile(join(root, path), "utf8")),
  );
  const list = /packages = map \([^)]*\) \[([^\]]*)\]/.exec(expression ?? "")?.[1];
  if (list === undefined) throw new KasmixError("E_INTERNAL", "nix/runtime.nix has no list of packages.");
  const pinned: Readonly<Record<string, Omit<NpmPackage, "name">>> = JSON.parse(lock ?? "").packages;
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => {
    const found = pinned[`node_modules/${name}`];
    if (found === undefined) throw new KasmixError("E_INTERNAL", `package-lock.json does not pin ${name}.`);
    const { version, integrity, license } = found;
    return { name, version, integrity, ...(license === undefined ? {} : { license }) };
  });
}

interface FlakeNode {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly locked?: { readonly owner: string; readonly repo: string; readonly rev: string };
}

/** What programs of the image were built from, with the commits that flake.lock pins. */
async function readSources(root: string, { sources }: Image): Promise<Source[]> {
  if (sources.length === 0) return [];
  const lock: { readonly root: string; readonly nodes: Readonly<Record<string, FlakeNode>> } = JSON.parse(
    await readFile(join(root, "flake.lock"), "utf8"),
  );
  const locate = (input: string) => {
    const locked = lock.nodes[lock.nodes[lock.root]?.inputs?.[input] ?? ""]?.locked;
    if (locked === undefined) throw new KasmixError("E_INTERNAL", `flake.lock does not pin ${input}.`);
    return `git+https://github.com/${locked.owner}/${locked.repo}@${locked.rev}`;
  };
  return sources.map(({ input, ...source }: ImageSource) =>
    input === undefined ? source : { ...source, url: locate(input) },
  );
}

interface Configuration {
  readonly architecture: Architecture;
  /** Time of the workspace's Debian snapshot. */
  readonly created: string;
  readonly config: { readonly Labels?: Readonly<Record<string, string>> };
}

async function readConfig(image: Image): Promise<Configuration> {
  return JSON.parse(await readFile(image.config.file, "utf8"));
}

async function readOwn(root: string): Promise<{ version: string; license: string }> {
  return JSON.parse(await readFile(join(root, "package.json"), "utf8"));
}

/** The SBOM states that it is complete, so layers with unknown content are refused, and closures that are all there is. */
function refuseUnknownLayers(workspace: string, { layers }: Image): void {
  const isOfDebian = layers.some(({ kind }) => kind === "packages");
  const isKnown = (kind: string) => KINDS.includes(kind) || (kind === "closure" && isOfDebian);
  const faults = layers.flatMap(({ kind, digest }): Fault[] =>
    isKnown(kind) ? [] : [{ path: digest, message: `is a layer of the kind "${kind}"` }],
  );
  if (faults.length === 0) return;
  const message = `The image of "${workspace}" has layers whose content is unknown.`;
  throw new KasmixError("E_MODEL", message, {
    faults,
    fix: "Push it without SBOM and provenance: --no-attest",
  });
}

/** The kinds of layers in an image based on Debian. */
const KINDS: readonly string[] = ["packages", "vendor", "wheel", "files"];

function refuseOtherVendors(asBuilt: Workspace, { layers }: Image, isStandIn: boolean): void {
  // TigerVNC stands in for KasmVNC, without a layer.
  const names = Object.keys(vendorOf(asBuilt)).filter((name) => !(isStandIn && name === KASMVNC));
  const found = layers.filter(({ kind }) => kind === "vendor").length;
  if (found === names.length) return;
  const { name } = asBuilt;
  const message = `"${name}" names ${names.length} vendor packages, but its last image has ${found}.`;
  throw new KasmixError("E_STALE", message, { fix: `Build it again: ./kasmix build ${name}` });
}

function refuseOtherLocks(
  workspace: string,
  locks: readonly Pick<Lock, "packages">[],
  installed: ReadonlyMap<string, string>,
): void {
  const faults = lockFaults(locks, installed);
  if (faults.length === 0) return;
  const message = `The last image of "${workspace}" was built from other locks.`;
  throw new KasmixError("E_STALE", message, { faults, fix: `Build it again: ./kasmix build ${workspace}` });
}

/** Every package whose version differs between locks and image, or that only one of them has. */
export function lockFaults(
  locks: readonly Pick<Lock, "packages">[],
  installed: ReadonlyMap<string, string>,
): Fault[] {
  const locked = new Map(
    locks
      .flatMap(({ packages }) => packages)
      .map(({ name, architecture, version }) => [`${name}:${architecture}`, version]),
  );
  return [...new Set([...locked.keys(), ...installed.keys()])].sort().flatMap((path): Fault[] => {
    const [lock, image] = [locked.get(path), installed.get(path)];
    if (lock === image) return [];
    if (lock === undefined) return [{ path, message: `is in the image (${image}) but not locked` }];
    if (image === undefined) return [{ path, message: `is locked (${lock}) but not in the image` }];
    return [{ path, message: `is ${image} in the image but locked as ${lock}` }];
  });
}
