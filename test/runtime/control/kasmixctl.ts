import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";

/** How a run of kasmixctl ended. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bundles kasmixctl as the image does. Gives its file, and a function that removes it. */
export async function bundleKasmixctl(): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "kasmixctl-"));
  const file = join(folder, "kasmixctl.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "../../../src/runtime/control/kasmixctl.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts a bundled kasmixctl whose supervisor has its socket below `temporary`. */
export function spawnKasmixctl(file: string, temporary: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH, KASMIX_TMP: temporary };
  return spawn(process.execPath, [file, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
}

/** Waits for a process and collects what it prints. */
export async function collect(child: ChildProcess & ReturnType<typeof spawnKasmixctl>): Promise<Run> {
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, "exit") as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}
