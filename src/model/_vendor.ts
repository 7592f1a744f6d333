import { linkedFolderFaults, reservedPathFaults } from "./_files.ts";
import type { Fault } from "./error.ts";
import { entries, type Lenient } from "./lenient.ts";
import { parseUrl } from "./parse-url.ts";
import { showPath } from "./paths.ts";
import type { VendorPackage, Workspace } from "./types.ts";

/** What is wrong with the vendor packages: names, addresses, places, and how their newest version is found. */
export function vendorFaults(workspace: Lenient<Workspace>): Fault[] {
  return entries(workspace.vendor).flatMap(([name, vendor]) => [
    ...oddNameFaults(name),
    ...addressFaults(name, vendor),
    ...placeFaults(name, vendor),
    ...sourceFaults(name, vendor),
  ]);
}

function oddNameFaults(name: string): Fault[] {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(name)) return [];
  const message = `expected lower-case letters, digits and \`-\`, a letter first, at most 40, got "${name}"`;
  return [{ path: showPath(["vendor", name]), message, fix: "Rename the package." }];
}

/** An address that is invalid, or that `kasmix update` could not keep in step with the version. */
function addressFaults(name: string, { url, version, newest }: Lenient<VendorPackage>): Fault[] {
  if (url === undefined) return [];
  const path = showPath(["vendor", name, "url"]);
  if (newest !== undefined && !url.includes("{version}")) {
    const message = "does not contain {version}, so a new version would not change it";
    return [{ path, message, fix: "Write {version} where the version stands, or remove `newest`." }];
  }
  if (parseUrl(url.replaceAll("{version}", version ?? "1"))) return [];
  return [{ path, message: `"${url}" is not a valid address`, fix: "Correct it: https://host/path." }];
}

/** A Debian package has its own places; an archive's programs lie where it is unpacked. */
function placeFaults(name: string, vendor: Lenient<VendorPackage>): Fault[] {
  const { format, directory = `/opt/${name}`, programs = [] } = vendor;
  const at = showPath(["vendor", name, "directory"]);
  const programAt = (index: number) => showPath(["vendor", name, "programs", index]);
  if (format === "deb") {
    const needless = (["directory", "strip"] as const).flatMap((field): Fault[] => {
      if (vendor[field] === undefined) return [];
      const message = "the files of a Debian package keep their places";
      return [{ path: showPath(["vendor", name, field]), message, fix: `Remove \`${field}\`.` }];
    });
    return [
      ...needless,
      ...programs.flatMap((program, index) => linkedFolderFaults(program, programAt(index))),
    ];
  }
  const outside = programs.flatMap((program, index): Fault[] => {
    if (program === undefined || program.startsWith(`${directory}/`)) return [];
    const message = `${program} is not in ${directory}, where the archive is unpacked`;
    return [{ path: programAt(index), message, fix: "Correct one of them." }];
  });
  return [...reservedPathFaults(directory, at), ...linkedFolderFaults(directory, at), ...outside];
}

function sourceFaults(name: string, { newest }: Lenient<VendorPackage>): Fault[] {
  if (newest === undefined) return [];
  const at = (field: string) => showPath(["vendor", name, "newest", field]);
  const address = (field: string, value: string | undefined) =>
    value === undefined || /^https:\/\/\S+$/.test(value) ? [] : [notSecure(at(field), value)];
  if ("debianPackages" in newest) return address("debianPackages", newest.debianPackages);
  if ("redirect" in newest) {
    return [...address("redirect", newest.redirect), ...patternFaults(at("version"), newest.version)];
  }
  if (!("githubRelease" in newest)) return [];
  const { githubRelease, tag } = newest;
  const odd = githubRelease === undefined || /^[\w.-]+\/[\w.-]+$/.test(githubRelease) ? [] : [githubRelease];
  return [
    ...odd.map((value): Fault => {
      const message = `expected owner/repository, got "${value}"`;
      return { path: at("githubRelease"), message, fix: "Name the repository without host." };
    }),
    ...patternFaults(at("tag"), tag),
  ];
}

function notSecure(path: string, value: string): Fault {
  return { path, message: `expected an https address, got "${value}"`, fix: "Start it with https://." };
}

/** An invalid pattern, or one without the group that gives the version. */
function patternFaults(path: string, pattern: string | undefined): Fault[] {
  if (pattern === undefined) return [];
  try {
    // With an empty alternative it matches anything, and the match has one entry for each group.
    if ((new RegExp(`${pattern}|`).exec("")?.length ?? 0) > 1) return [];
    const fix = "Put parentheses around the version: `/app/([0-9.]+)/`.";
    return [{ path, message: "has no group for the version", fix }];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path, message, fix: "Correct the regular expression." }];
  }
}
