import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { $ } from "zx";
import { run } from "../../src/cli/run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The launcher of this checkout. */
export const LAUNCHER = `${ROOT}/kasmix`;

/** How one run of the command line ended. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SpawnOptions {
  /** The program that gets the words. @default the launcher of this checkout */
  readonly file?: string;
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default true */
  readonly extendEnv?: boolean;
}

/** Runs `./kasmix` as a user would, with stdin closed and both streams piped. */
export async function kasmix(args: readonly string[], options: SpawnOptions = {}): Promise<Run> {
  const { file = LAUNCHER, cwd, env, extendEnv = true } = options;
  const shell = $({
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...(extendEnv ? process.env : {}), ...env },
    nothrow: true,
    quiet: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { exitCode, stdout, stderr } = await shell`exec ${file} ${args}`;
  return { exitCode: exitCode ?? 1, stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, "") };
}

export interface CallOptions {
  /** Folder of the project. @default this checkout */
  readonly root?: string;
  /** Decides on colour. @default this process's environment */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Runs a command line in this process, which spares the start of another. The streams are no terminals. */
export async function callKasmix(args: readonly string[], options: CallOptions = {}): Promise<Run> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const read = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await run(args, { root: ROOT, ...options, stdout, stderr });
  stdout.end();
  stderr.end();
  const [printed = "", told = ""] = await read;
  return { exitCode, stdout: printed.replace(/\n$/, ""), stderr: told.replace(/\n$/, "") };
}
