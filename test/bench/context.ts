import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { type ProcessOptions, runProcess } from "../../src/engine/process.ts";
import { type ErrorCode, KasmixError } from "../../src/model/error.ts";

/** Passed to every measurement. */
export interface Context {
  /** The user's checkout; nothing in it is changed. */
  readonly root: string;
  readonly workspace: string;
  /** Folder for the run, gone at its end. */
  readonly scratch: string;
  readonly engine: Engine;
  /** How often short things are measured. */
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Prints the current step. */
  say(text: string): void;
  /** Has something undone at the end of the run, in reverse order, whatever happens. */
  atEnd(undo: () => Promise<unknown>): void;
}

/** Runs `work` with a context, then everything registered by `atEnd`, whose failures are printed. */
export async function withContext<T>(
  given: Omit<Context, "engine" | "atEnd">,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const undos: (() => Promise<unknown>)[] = [];
  const engine = await detectEngine({ signal: given.signal });
  try {
    return await work({ ...given, engine, atEnd: (undo) => void undos.push(undo) });
  } finally {
    for (const undo of undos.reverse()) {
      await undo().catch((error: unknown) => given.say(`Cleaning up failed: ${error}`));
    }
  }
}

/** Seconds that something took. Earlier writes are flushed first, so that they do not count. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  await runProcess("sync", []);
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

/** Seconds of each of some runs. */
export async function timedRuns(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run < count; run++) seconds.push(await timed(work));
  return seconds;
}

/** Runs a program and returns its stdout. Throws an error of that code with the end of its output. */
export async function runOrThrow(
  code: ErrorCode,
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<string> {
  const outcome = await runProcess(file, args, options);
  if (outcome.ok) return outcome.stdout;
  if (outcome.notFound) {
    throw new KasmixError("E_MACHINE", `${file} is not installed, and the bench needs it.`, {
      fix: `On Debian: apt-get install ${file}`,
    });
  }
  const printed = `${outcome.stdout}\n${outcome.stderr}`.trim().split("\n").slice(-40).join("\n");
  throw new KasmixError(code, `${file} ${args[0] ?? ""} failed:\n${printed}`);
}

export const MIB = 1024 ** 2;
