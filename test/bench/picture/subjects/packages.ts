import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { withApt } from "../../../../src/debian/apt.ts";
import { findMirrors, preferredMirrors } from "../../../../src/debian/mirrors.ts";
import { readLocks } from "../../../../src/debian/read.ts";
import { resolveOnto } from "../../../../src/debian/resolve.ts";
import { lastLine } from "../../../../src/engine/detect.ts";
import { KasmixError } from "../../../../src/model/error.ts";
import { toKasmixError } from "../../../../src/terminal/report.ts";
import { type Context, run } from "../../context.ts";

/** The peers' programs, in a folder that the container has too; nothing is installed. */
export interface Packages {
  /** On this machine. */
  readonly folder: string;
  /** Version of each peer that can be run. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why a peer cannot be run, by its name. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** Where the container has the folder. */
export const PEERS = "/opt/peers";

const SELKIES = "2.1.0";

/** Downloads Debian's noVNC with websockify, and Selkies from PyPI. One that cannot be had is left out, with the reason. */
export async function fetchPackages(context: Context): Promise<Packages> {
  const folder = path.join(context.scratch, "peers");
  const versions: Record<string, string> = {};
  const leftOut: Record<string, string> = {};
  for (const [name, fetch] of [
    ["noVNC", fetchNovnc],
    ["Selkies", fetchSelkies],
  ] as const) {
    context.say(`Downloading ${name}, to compare with`);
    try {
      versions[name] = await fetch(context, path.join(folder, name));
    } catch (error) {
      context.signal.throwIfAborted();
      leftOut[name] = lastLine(toKasmixError(error, context.signal).message);
      context.say(`${name} is left out: ${leftOut[name]}`);
    }
  }
  return { folder, versions, leftOut };
}

/** For the Debian of the image, which has Python and TigerVNC already. Returns the version. */
async function fetchNovnc({ root, workspace, signal }: Context, folder: string): Promise<string> {
  const archives = path.join(folder, "archives");
  await mkdir(path.join(archives, "partial"), { recursive: true });
  const { core, own } = await readLocks(root, workspace);
  const sources = preferredMirrors(await findMirrors());
  const wanted = ["novnc", "websockify"];
  const { packages } = await withApt({ suite: core.suite, sources, signal }, async (apt) => {
    const resolved = await resolveOnto(apt, [...core.packages, ...own.packages], wanted);
    const only = ["--download-only", "--yes", "--no-install-recommends"];
    const into = ["-o", `Dir::Cache::archives=${archives}`];
    const { ok, stderr } = await apt.run("apt-get", ["install", ...only, ...into, "--", ...wanted]);
    if (!ok) throw new KasmixError("E_FETCH", `apt does not get ${wanted.join(" and ")}: ${stderr}`);
    return resolved;
  });
  for (const file of (await readdir(archives)).filter((name) => name.endsWith(".deb"))) {
    await run("E_MACHINE", { signal })`dpkg-deb --extract ${path.join(archives, file)} ${folder}`;
  }
  const versionOf = (name: string) => packages.find((each) => each.name === name)?.version;
  return `${versionOf("novnc")} with websockify ${versionOf("websockify")}`;
}

/** For the image's Python, which need not be this machine's. Returns the version. */
async function fetchSelkies({ signal }: Context, folder: string): Promise<string> {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  const platforms = ["manylinux_2_28", "manylinux2014"].map((name) => `--platform=${name}_${machine}`);
  const python = ["--python-version=3.13", "--only-binary=:all:", ...platforms];
  const pip = [
    "install",
    "--quiet",
    "--no-input",
    "--root-user-action=ignore",
    `--target=${folder}`,
    ...python,
  ];
  await run("E_FETCH", { signal })`pip3 ${pip} ${`selkies==${SELKIES}`}`;
  return SELKIES;
}
