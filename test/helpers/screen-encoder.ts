import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../../src/engine/process.ts";

const ROOT = join(import.meta.dirname, "../..");
const { pixelflux } = JSON.parse(readFileSync(join(ROOT, "nix/locks/wheels.json"), "utf8"));
/** Of the version in the image. */
const LIBRARY = `pixelflux==${pixelflux.version}`;
const SOURCE = join(ROOT, "nix/screen/encoder.py");
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kasmix", "python");

/** The screen encoder in a folder of its own, or why it cannot run on this machine. */
export type ScreenEncoder = { readonly program: string; remove(): void } | { readonly missing: string };

/**
 * Lays out the screen encoder as the image has it, with the library for this machine's Python, which pip fetches once.
 * `timeout`, in milliseconds, covers the download.
 */
export async function layScreenEncoder({ timeout = 120_000 } = {}): Promise<ScreenEncoder> {
  const about = await runProcess("python3", [
    "-c",
    "import sys; print(sys.executable, sys.implementation.cache_tag)",
  ]);
  if (!about.ok) return { missing: "python3 is not installed" };
  const [python = "", tag = ""] = about.stdout.trim().split(" ");
  const library = join(CACHE, `${LIBRARY}-${tag}`);
  const problem = existsSync(library) ? undefined : await fetchLibrary(python, library, timeout);
  if (problem !== undefined) return { missing: problem };
  const load = `import sys; sys.path.insert(0, ${JSON.stringify(library)}); import pixelflux`;
  const loaded = await runProcess(python, ["-IBc", load]);
  return loaded.ok ? layOut(python, library) : { missing: lastLine(loaded.stderr) };
}

/** Gives the reason if it cannot be had. */
async function fetchLibrary(python: string, folder: string, timeout: number): Promise<string | undefined> {
  await mkdir(CACHE, { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
  const install = ["-m", "pip", "install", ...options, "--target", fresh, LIBRARY];
  const { ok, timedOut, stderr } = await runProcess(python, install, { timeout });
  // Another test may have been faster.
  if (ok && !existsSync(folder)) renameSync(fresh, folder);
  rmSync(fresh, { recursive: true, force: true });
  if (ok) return undefined;
  return timedOut
    ? "Python's package index does not answer"
    : `pip does not get ${LIBRARY}: ${lastLine(stderr)}`;
}

function layOut(python: string, library: string): ScreenEncoder {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-encoder-"));
  const program = join(folder, "screen-encoder");
  copyFileSync(SOURCE, join(folder, "encoder.py"));
  symlinkSync(library, join(folder, "python"));
  writeFileSync(program, `#!/bin/sh\nexec ${python} -IB ${folder}/encoder.py "$@"\n`);
  chmodSync(program, 0o755);
  return { program, remove: () => rmSync(folder, { recursive: true }) };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
