import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";
import type { Architecture, Archive } from "./format.ts";
import { complaints } from "./parse.ts";

/** Debian's keys, where its own package puts them. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Parameters of a private apt root. */
export interface AptOptions {
  /** Debian's code name: `trixie`. */
  readonly suite: string;
  /** @default "amd64" */
  readonly architecture?: Architecture | undefined;
  /** Base address of each archive, without a slash at the end. */
  readonly sources: Readonly<Record<Archive, string>>;
  /** File with the keys that the suite must be signed by. @default the machine's debian-archive-keyring */
  readonly keyring?: string;
  /**
   * Read the packages of contrib, non-free and i386 too, which images never have: to tell somebody who asks for one.
   * @default false
   */
  readonly everything?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A private apt: it shares only the network settings with the machine's. */
export interface Apt {
  readonly options: AptOptions;
  /** Runs an apt tool in English and returns its output; it does not throw when the tool fails. */
  run(tool: "apt-get" | "apt-cache", args: readonly string[]): Promise<AptOutput>;
  /** Sets the packages that apt considers installed: paragraphs of a dpkg status file. */
  setInstalled(paragraphs: readonly string[]): Promise<void>;
  /** Texts of the signed Release files by archive. */
  releases(): Promise<{ archive: Archive; text: string }[]>;
}

export interface AptOutput {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Creates a private apt root for a suite in a temporary folder, loads the indexes of main, updates and security into it,
 * calls `use` with it, and removes it. Throws E_MACHINE where apt or the suite's keys are missing and
 * E_FETCH where the mirrors cannot be read.
 */
export async function withApt<T>(options: AptOptions, use: (apt: Apt) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), "kasmix-apt-"));
  try {
    await layOut(root, options);
    const apt = openApt(root, options);
    await update(apt, options);
    return await use(apt);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Runs a tool of the machine's apt in English. Throws E_MACHINE where apt is missing. */
export async function runApt(
  tool: string,
  args: readonly string[],
  { env = {}, signal }: { env?: Record<string, string>; signal?: AbortSignal | undefined } = {},
): Promise<AptOutput> {
  const environment = { LC_ALL: "C", LANGUAGE: "", ...env };
  const { ok, stdout, stderr, notFound } = await runProcess(tool, args, { environment, signal });
  if (notFound) {
    throw new KasmixError("E_MACHINE", `${tool} is not installed, and apt resolves the packages.`, {
      fix: "Install the package apt (on Debian and its derivatives), or build from the committed lock.",
    });
  }
  return { ok, stdout, stderr };
}

/** Writes the folders and settings of the private root. Only the network settings come from the machine. */
async function layOut(
  root: string,
  { suite, architecture = "amd64", sources, keyring = KEYRING, everything }: AptOptions,
): Promise<void> {
  const folders = ["etc", "state/lists/partial", "cache/archives/partial"];
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  // apt downloads as its own user, which has to reach the folder.
  await chmod(root, 0o755);
  const dump = await runApt("apt-config", ["dump", "Acquire"]);
  const acquire = dump.stdout.split("\n").filter((line) => !/^Acquire::(IndexTargets|Languages)/.test(line));
  const architectures = everything ? [architecture, "i386"] : [architecture];
  const entry = `deb [arch=${architectures.join(",")} target=Packages signed-by=${keyring}]`;
  const lines = everything
    ? [`${entry} ${sources.debian} ${suite} main contrib non-free non-free-firmware`]
    : [
        `${entry} ${sources.debian} ${suite} main`,
        `${entry} ${sources.debian} ${suite}-updates main`,
        `${entry} ${sources["debian-security"]} ${suite}-security main`,
      ];
  await writeFile(join(root, "apt.conf"), [...acquire, ...settings(root, architectures)].join("\n"));
  await writeFile(join(root, "etc/sources.list"), `${lines.join("\n")}\n`);
  await writeFile(join(root, "state/status"), "");
}

/** The first architecture is the images'. */
function settings(root: string, architectures: readonly string[]): string[] {
  const values: Record<string, string> = {
    "Dir::State": `${root}/state`,
    "Dir::State::status": `${root}/state/status`,
    "Dir::Cache": `${root}/cache`,
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::parts": "/dev/null",
    "Dir::Etc::sourcelist": `${root}/etc/sources.list`,
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "APT::Architecture": architectures[0] ?? "",
    "APT::Install-Recommends": "false",
    "APT::Install-Suggests": "false",
    "APT::Update::Error-Mode": "any",
    "Acquire::ForceHash": "SHA256",
    "Acquire::GzipIndexes": "false",
    "Acquire::Languages": "none",
  };
  return [
    ...Object.entries(values).map(([name, value]) => `${name} "${value}";`),
    `#clear APT::Architectures;\nAPT::Architectures { ${architectures.map((name) => `"${name}";`).join(" ")} };`,
    "",
  ];
}

function openApt(root: string, options: AptOptions): Apt {
  const env = { APT_CONFIG: join(root, "apt.conf") };
  return {
    options,
    run: (tool, args) => runApt(tool, args, { env, signal: options.signal }),
    setInstalled: (paragraphs) =>
      writeFile(join(root, "state/status"), paragraphs.map((p) => `${p}\n\n`).join("")),
    releases: async () => {
      const lists = join(root, "state/lists");
      const names = (await readdir(lists)).filter((name) => name.endsWith("_InRelease"));
      return Promise.all(
        names.map(async (name) => ({
          archive: /-security_InRelease$/.test(name) ? "debian-security" : "debian",
          text: await readFile(join(lists, name), "utf8"),
        })),
      );
    },
  };
}

async function update(apt: Apt, { suite, sources }: AptOptions): Promise<void> {
  const result = await apt.run("apt-get", ["update", "--quiet=2"]);
  if (result.ok) return;
  const said = complaints(result.stderr);
  // apt reports it in no other way: NO_PUBKEY is gpgv's, the others are from sqv, which newer versions of apt use.
  if (/NO_PUBKEY|Missing key|Failed to parse keyring/.test(result.stderr)) {
    throw new KasmixError(
      "E_MACHINE",
      `This machine does not have the keys that sign Debian ${suite}:\n${said}`,
      {
        fix: "Install or upgrade the package debian-archive-keyring: apt-get install debian-archive-keyring",
      },
    );
  }
  const hosts = [...new Set(Object.values(sources).map((source) => new URL(source).host))].join(" and ");
  throw new KasmixError(
    "E_FETCH",
    `The package indexes of Debian ${suite} cannot be read from ${hosts}:\n${said}`,
    {
      fix: "Check the network and the machine's apt sources, or set KASMIX_DEBIAN_MIRROR to a mirror. Nothing was changed.",
    },
  );
}
