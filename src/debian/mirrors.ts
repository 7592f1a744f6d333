import { readFile } from "node:fs/promises";
import { KasmixError } from "../model/error.ts";
import { runApt } from "./apt.ts";
import { ARCHIVES, type Archive } from "./format.ts";

/** Base addresses (without a trailing slash) of each archive, the preferred one first. */
export type Mirrors = Readonly<Record<Archive, readonly string[]>>;

/** The environment variable that names a mirror, by archive. It wins over the machine's apt sources. */
export const MIRROR_VARIABLES: Readonly<Record<Archive, string>> = {
  debian: "KASMIX_DEBIAN_MIRROR",
  "debian-security": "KASMIX_DEBIAN_SECURITY_MIRROR",
};

const SUITE = /^(bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)\b/;

/**
 * Where this machine gets Debian's packages: the mirrors of the environment, then those of its apt sources. A machine
 * without apt, or with another distribution's sources, has only the former. Throws E_USAGE for a variable that is not an
 * address.
 */
export async function findMirrors(env: NodeJS.ProcessEnv = process.env): Promise<Mirrors> {
  const named = { debian: fromEnvironment(env, "debian"), security: fromEnvironment(env, "debian-security") };
  const configured = await fromApt();
  const debian = unique([...named.debian, ...configured.debian]);
  const security = unique([...named.security, ...configured["debian-security"]]);
  // Mirrors that carry the security archive have it beside the main one.
  const beside = debian.filter((base) => /\/debian$/.test(base)).map((base) => `${base}-security`);
  return { debian, "debian-security": security.length > 0 ? security : beside };
}

/** The preferred mirror of each archive. Throws E_MACHINE for an archive without one. */
export function preferredMirrors(mirrors: Mirrors): Record<Archive, string> {
  const pick = (archive: Archive) => {
    const [first] = mirrors[archive];
    if (first !== undefined) return first;
    throw new KasmixError(
      "E_MACHINE",
      `This machine's apt sources name no mirror of the ${archive} archive.`,
      {
        fix: `Name one: ${MIRROR_VARIABLES[archive]}=https://<mirror>/${archive}`,
      },
    );
  };
  return { debian: pick("debian"), "debian-security": pick("debian-security") };
}

/** Sorts the output of `apt-get indextargets` in {@link TARGET_FORMAT} by archive. */
export function sortTargets(printed: string): Mirrors {
  const targets = printed.split("\n").flatMap((line) => {
    const [kind, base = "", suite = "", origin = ""] = line.split("\t");
    // Before apt has read the Release file, it leaves the variable unreplaced.
    const foreign = !origin.startsWith("$") && origin !== "Debian";
    return kind !== "Packages" || foreign || !SUITE.test(suite)
      ? []
      : [{ base: base.replace(/\/+$/, ""), suite }];
  });
  const security = targets.filter(({ suite }) => /[-/]security$|\/updates$/.test(suite));
  const main = targets.filter((target) => !security.includes(target));
  // Other vendors use Debian's suite names; only Debian has updates of them, so it comes first.
  const updates = main.filter(({ suite }) => suite.endsWith("-updates"));
  const bases = (list: readonly { base: string }[]) => unique(list.map(({ base }) => base));
  return { debian: bases([...updates, ...main]), "debian-security": bases(security) };
}

const TARGET_FORMAT = ["$(CREATED_BY)", "$(REPO_URI)", "$(RELEASE)", "$(ORIGIN)"].join("\t");

async function fromApt(): Promise<Mirrors> {
  const ask = (...options: string[]) =>
    runApt("apt-get", ["indextargets", ...options, "--format", TARGET_FORMAT]).then(
      ({ stdout }) => stdout,
      withoutApt,
    );
  const seen = sortTargets(await ask());
  const complete = ARCHIVES.every((archive) => seen[archive].length > 0);
  // Before the first `apt-get update`, apt lists nothing without this option.
  const mirrors = complete ? seen : sortTargets(await ask("--no-release-info"));
  return {
    debian: await overHttp(mirrors.debian),
    "debian-security": await overHttp(mirrors["debian-security"]),
  };
}

/** Keeps web addresses, and replaces a `mirror+file:` source by the addresses in its file. */
async function overHttp(bases: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    bases.map(async (base) => {
      if (/^https?:/.test(base)) return [base];
      if (!base.startsWith("mirror+file:")) return [];
      const text = await readFile(base.slice("mirror+file:".length), "utf8").catch(() => "");
      return text.split("\n").flatMap((line) => /^https?:\/\/\S+/.exec(line)?.[0].replace(/\/+$/, "") ?? []);
    }),
  );
  return unique(found.flat());
}

function fromEnvironment(env: NodeJS.ProcessEnv, archive: Archive): string[] {
  const value = env[MIRROR_VARIABLES[archive]];
  if (value === undefined || value === "") return [];
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return [value.replace(/\/+$/, "")];
  throw new KasmixError("E_USAGE", `${MIRROR_VARIABLES[archive]} is not a web address: ${value}`, {
    fix: "Set it to the http or https address of the folder that holds `dists` and `pool`.",
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function withoutApt(error: unknown): string {
  if (error instanceof KasmixError && error.code === "E_MACHINE") return "";
  throw error;
}
