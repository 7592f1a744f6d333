import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, runProcess } from "../engine/process.ts";
import { installMissing } from "../engine/setup.ts";
import { KasmixError } from "../model/error.ts";
import type { WheelName } from "./file-name.ts";

export interface PipOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before the machine is changed, with what will be done. */
  readonly onStep?: ((text: string) => void) | undefined;
}

/** Debian's package of pip. */
const PACKAGE = "python3-pip";

/** Whether this machine has pip. */
export async function hasPip(signal?: AbortSignal): Promise<boolean> {
  return (await pip(["--version"], signal)).ok;
}

/**
 * Downloads a wheel by pip, from the index that this machine is configured for, into a folder of its own, which is removed
 * once `use` is done with the file. It may be for another architecture, or another Python, than this machine's.
 * @param requirement `pixelflux`, or `pixelflux==2.2.1`
 * @param like a wheel for the same Python and the same architecture
 * @throws KasmixError E_FETCH with pip's reason; E_MACHINE without pip where it cannot be installed
 */
export async function withWheel<T>(
  requirement: string,
  like: WheelName,
  options: PipOptions,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-wheel-"));
  try {
    const { python, abi, platform } = like;
    const target = [
      "--python-version",
      python,
      "--implementation",
      "cp",
      "--abi",
      abi,
      "--platform",
      platform,
    ];
    const only = ["--no-deps", "--only-binary", ":all:", ...target];
    const patience = ["--timeout", "15", "--retries", "1", "--no-input"];
    const args = ["download", ...only, ...patience, "--dest", folder, "--", requirement];
    const downloaded = await pipOrInstall(args, options);
    const [file] = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
    if (downloaded.ok && file !== undefined) return await use(join(folder, file));
    throw new KasmixError("E_FETCH", `pip does not get ${requirement}: ${reasonOf(downloaded)}`, {
      fix: "Check the network and pip's index (pip config list).",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs pip; where it is missing, installs it before, on Debian and Ubuntu as root. */
async function pipOrInstall(
  args: readonly string[],
  { signal, onStep = () => {} }: PipOptions,
): Promise<Outcome> {
  const first = await pip(args, signal);
  if (!first.notFound) return first;
  await installMissing([PACKAGE], { onStep, ...(signal === undefined ? {} : { signal }) });
  const second = await pip(args, signal);
  if (!second.notFound) return second;
  throw new KasmixError("E_MACHINE", "pip is not installed.", {
    fix: `Install it, on Debian or Ubuntu by: apt-get install ${PACKAGE}`,
  });
}

function pip(args: readonly string[], signal: AbortSignal | undefined): Promise<Outcome> {
  return runProcess("pip3", ["--disable-pip-version-check", "--no-color", ...args], { signal });
}

/** pip prints warnings and its attempts before its errors. */
function reasonOf({ stderr }: Outcome): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const errors = lines
    .filter((line) => line.startsWith("ERROR: "))
    .map((line) => line.slice("ERROR: ".length));
  return errors.join(" ") || lines.at(-1) || "it gives no reason";
}
