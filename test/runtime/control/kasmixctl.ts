import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { runKasmixctl } from "../../../src/runtime/control/run-kasmixctl.ts";

/** The result of a run of kasmixctl. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kasmixctl within the test's process, with a supervisor whose socket is below `temporary`. */
export async function runInProcess(temporary: string, args: readonly string[]): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await runKasmixctl(args, { env: { KASMIX_TMP: temporary }, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { exitCode, stdout: out, stderr: err };
}

/** Bundles kasmixctl as the image does. Returns its file, and a function that removes it. */
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

/** Starts a bundled kasmixctl, with a supervisor whose socket is below `temporary`. */
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
