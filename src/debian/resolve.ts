import { KasmixError } from "../model/error.ts";
import type { Apt } from "./apt.ts";
import { ARCHIVES, type Archive, type Lock, type LockedPackage, type Step } from "./format.ts";
import {
  type Action,
  complaints,
  downloadName,
  field,
  parseDownloads,
  parseSimulation,
  releaseDate,
  snapshotTimestamp,
  splitParagraphs,
} from "./parse.ts";

/** The packages that apt would install, and in which order. */
export type Resolved = Pick<Lock, "archives" | "packages" | "steps">;

/** Resolves the requested packages for an empty Debian, its essential packages first. */
export async function resolveSystem(apt: Apt, requested: readonly string[]): Promise<Resolved> {
  const base = await resolveOnto(apt, [], ["?essential", "apt"]);
  const rest = await resolveOnto(apt, base.packages, requested);
  const essential = base.packages.map((pkg) => ({ ...pkg, essential: true }) as const);
  return { ...rest, packages: [...essential, ...rest.packages] };
}

/** Resolves the requested packages for a system with others installed, of which the mirrors may have newer versions. */
export async function resolveOnto(
  apt: Apt,
  installed: readonly LockedPackage[],
  requested: readonly string[],
): Promise<Resolved> {
  await apt.setInstalled(installed.length === 0 ? [] : await lockedParagraphs(apt, installed));
  const present = new Set(installed.map(({ name }) => name));
  // apt would upgrade a package that is named.
  return resolve(
    apt,
    requested.filter((name) => !present.has(name)),
  );
}

/** What apt would install for the requested packages into an empty system, without `unused` and what only those need. */
export async function resolveWithout(
  apt: Apt,
  unused: readonly string[],
  requested: readonly string[],
): Promise<Resolved> {
  const installed = (name: string) =>
    `Package: ${name}\nStatus: install ok installed\nVersion: 999\nArchitecture: all`;
  await apt.setInstalled(unused.map(installed));
  return resolve(apt, requested);
}

async function resolve(apt: Apt, requested: readonly string[]): Promise<Resolved> {
  const { actions, packages } = await simulate(apt, requested);
  return { archives: await snapshots(apt), packages, steps: toSteps(actions) };
}

/** Paragraphs of a dpkg status file in which these packages are installed. */
export async function installedParagraphs(apt: Apt, packages: readonly LockedPackage[]): Promise<string[]> {
  const names = packages.map((pkg) => `${pkg.name}=${pkg.version}`);
  const shown = await apt.run("apt-cache", ["show", "--no-all-versions", ...names]);
  return splitParagraphs(shown.stdout).map((paragraph) => `${paragraph}\nStatus: install ok installed`);
}

/**
 * The same for locked versions that the mirrors may have replaced. Such a package gets the paragraph of its newest version
 * without its dependencies: they may name the newest versions of its siblings, and they were satisfied when it was locked.
 */
async function lockedParagraphs(apt: Apt, packages: readonly LockedPackage[]): Promise<string[]> {
  await apt.setInstalled([]);
  const exact = await installedParagraphs(apt, packages);
  const found = namesIn(exact);
  const replaced = packages.filter(({ name }) => !found.has(name));
  if (replaced.length === 0) return exact;
  const shown = await apt.run("apt-cache", [
    "show",
    "--no-all-versions",
    ...replaced.map(({ name }) => name),
  ]);
  const newest = new Map(splitParagraphs(shown.stdout).map((text) => [field(text, "Package"), text]));
  return [
    ...exact,
    ...replaced.map((pkg) => {
      const rest = newest
        .get(pkg.name)
        ?.replace(/^(Package|Version|Status|Pre-Depends|Depends): .*\n?/gm, "");
      const own = `Package: ${pkg.name}\nStatus: install ok installed\nVersion: ${pkg.version}`;
      return `${own}\n${rest ?? `Architecture: ${pkg.architecture}`}`;
    }),
  ];
}

function namesIn(paragraphs: readonly string[]): Set<string | undefined> {
  return new Set(paragraphs.map((paragraph) => field(paragraph, "Package")));
}

/** Joins consecutive actions of the same kind. */
export function toSteps(actions: readonly Action[]): Step[] {
  const runs: { kind: Action["kind"]; names: string[] }[] = [];
  for (const { kind, name } of actions) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.names.push(name);
    else runs.push({ kind, names: [name] });
  }
  return runs.map(({ kind, names }) => (kind === "unpack" ? { unpack: names } : { configure: names }));
}

async function simulate(
  apt: Apt,
  names: readonly string[],
): Promise<{ actions: Action[]; packages: LockedPackage[] }> {
  const install = ["install", "--no-install-recommends", "--no-remove", "--assume-yes", "--", ...names];
  const [plan, downloads] = await Promise.all([
    apt.run("apt-get", ["--simulate", ...install]),
    apt.run("apt-get", ["--print-uris", "--quiet=2", ...install]),
  ]);
  if (!plan.ok) throw unsatisfiable(plan.stdout, plan.stderr);
  const actions = parseSimulation(plan.stdout);
  return { actions, packages: toPackages(apt, actions, downloads.stdout) };
}

function unsatisfiable(stdout: string, stderr: string): KasmixError {
  const start = stdout.indexOf("The following packages have unmet dependencies");
  const why = start < 0 ? complaints(stderr) : `${stdout.slice(start).trim()}\n${complaints(stderr)}`;
  return new KasmixError("E_MODEL", `apt cannot install these packages together:\n${why}`, {
    fix: "Remove one of the packages that exclude each other from `packages` in workspace.ts.",
  });
}

function toPackages(apt: Apt, actions: readonly Action[], printed: string): LockedPackage[] {
  const downloads = new Map(parseDownloads(printed).map((download) => [download.file, download]));
  return actions
    .filter((action) => action.kind === "unpack")
    .map(({ name, version, architecture }) => {
      const download = downloads.get(downloadName({ name, version, architecture }));
      if (!download) throw new KasmixError("E_INTERNAL", `apt names no download for ${name} ${version}.`);
      const { uri, size, sha256 } = download;
      return { name, version, architecture, ...locate(apt.options.sources, uri), size, sha256 };
    });
}

function locate(sources: Readonly<Record<Archive, string>>, uri: string): { archive: Archive; path: string } {
  // The longest base first: one archive's address may be a prefix of the other's.
  const bases = ARCHIVES.toSorted((a, b) => sources[b].length - sources[a].length);
  const archive = bases.find((name) => uri.startsWith(`${decodeURIComponent(sources[name])}/`));
  if (!archive) throw new KasmixError("E_INTERNAL", `apt offers a file from outside its sources: ${uri}`);
  return { archive, path: uri.slice(decodeURIComponent(sources[archive]).length + 1) };
}

/** Hours from a Release file's date to the requested time of a snapshot. */
const SETTLED = 12;

/**
 * A snapshot is taken some time after the date of its Release files, and the archive answers with the last snapshot before
 * the requested time. Half a day later the snapshot surely has the files, and they stay in it for a day and a half after
 * they were superseded.
 */
async function snapshots(apt: Apt): Promise<Record<Archive, string>> {
  const releases = await apt.releases();
  const newest = (archive: Archive) => {
    const times = releases
      .filter((release) => release.archive === archive)
      .map(({ text }) => releaseDate(text));
    const latest = Math.max(...times.map((date) => date?.getTime() ?? 0));
    return snapshotTimestamp(new Date(latest + SETTLED * 3_600_000));
  };
  return { debian: newest("debian"), "debian-security": newest("debian-security") };
}
