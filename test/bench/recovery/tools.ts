import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { lastLine } from "../../../src/engine/detect.ts";
import { openShell } from "../../../src/engine/shell.ts";
import { toKasmixError } from "../../../src/terminal/report.ts";
import { type Context, run } from "../context.ts";

/** Debian's supervisors, as this machine has or can have them. */
export interface Tools {
  /** Version of each package that can be run. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why a package cannot be run, by its name. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** The command line that runs a program of theirs. */
  commandLine(program: string, args: readonly string[]): readonly string[];
}

/** The program by which a package is found to be installed. */
const PROGRAMS = { s6: "s6-svscan", supervisor: "supervisord" } as const;

/**
 * s6 and supervisor. Where one is not installed, apt downloads it, and it is unpacked into the bench's own folder and
 * laid over /usr for its processes alone: nothing is installed. An unavailable one is left out, with the reason.
 */
export async function findTools(context: Context): Promise<Tools> {
  const tree = path.join(context.scratch, "tools");
  await mkdir(path.join(tree, "usr"), { recursive: true });
  const versions: Record<string, string> = {};
  const leftOut: Record<string, string> = {};
  for (const [name, program] of Object.entries(PROGRAMS)) {
    try {
      versions[name] = (await installedVersion(context, name)) ?? (await unpack(context, name, tree));
      await run("E_MACHINE")`${overlaid(tree, "sh", ["-c", 'command -v "$1"', "sh", program])}`;
    } catch (error) {
      context.signal.throwIfAborted();
      delete versions[name];
      leftOut[name] = lastLine(toKasmixError(error, context.signal).message);
    }
  }
  return { versions, leftOut, commandLine: (program, args) => overlaid(tree, program, args) };
}

async function installedVersion({ signal }: Context, name: string): Promise<string | undefined> {
  const { stdout } = await (await openShell({ signal }))`dpkg-query --status ${name}`;
  const installed = /^Status: install ok installed$/m.test(stdout);
  return installed ? /^Version: (.*)$/m.exec(stdout)?.[1] : undefined;
}

/** Downloads a package with its dependencies and unpacks them; returns its version. */
async function unpack(context: Context, name: string, tree: string): Promise<string> {
  const { scratch, signal } = context;
  context.say(`Downloading Debian's ${name}, to compare with`);
  const archives = path.join(scratch, `archives-${name}`);
  await mkdir(path.join(archives, "partial"), { recursive: true });
  await download(context, name, archives);
  const files = (await readdir(archives)).filter((file) => file.endsWith(".deb"));
  for (const file of files) {
    await run("E_MACHINE", { signal })`dpkg-deb --extract ${path.join(archives, file)} ${tree}`;
  }
  // Debian's /bin and /lib are links into /usr; older packages still put files there.
  const merge = run("E_MACHINE", { signal });
  await merge`cd ${tree}; for old in bin sbin lib; do [ ! -d $old ] || cp -a $old usr/ || exit 1; done`;
  return files.find((file) => file.startsWith(`${name}_`))?.split("_")[1] ?? "";
}

/** Without root, and without changes to apt's state: with lists of its own where the machine has none. */
async function download({ scratch, signal }: Context, name: string, archives: string): Promise<void> {
  const quiet = ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root"];
  const install = ["install", "--yes", "--download-only", "--no-install-recommends", name];
  const into = ["-o", `Dir::Cache::archives=${archives}`];
  const shell = await openShell({ signal });
  if ((await shell`apt-get ${quiet} ${into} ${install}`).ok) return;
  const lists = path.join(scratch, "lists");
  await mkdir(path.join(lists, "partial"), { recursive: true });
  const own = [...quiet, "-o", `Dir::State::lists=${lists}`];
  await run("E_MACHINE", { signal })`apt-get ${own} update`;
  await run("E_MACHINE", { signal })`apt-get ${own} ${into} ${install}`;
}

/** s6-svscan looks for s6-supervise in /usr/bin only, so the unpacked files have to be there. */
const LAY_OVER = 'mount -t overlay kasmix-bench -o "lowerdir=$1/usr:/usr" /usr || exit 125; shift; exec "$@"';

function overlaid(tree: string, program: string, args: readonly string[]): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  return ["unshare", "--mount", ...user, "sh", "-c", LAY_OVER, "sh", tree, program, ...args];
}
