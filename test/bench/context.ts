import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { NOT_FOUND, openShell, type ShellOptions } from "../../src/engine/shell.ts";
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
  await run("E_MACHINE")`sync`;
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

/** Seconds of each of some runs. */
export async function timedRuns(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let done = 0; done < count; done++) seconds.push(await timed(work));
  return seconds;
}

/**
 * A template for commands, as zx has them, which returns their output without the last line's end. Throws an error of that
 * code with the end of the output.
 */
export function run(code: ErrorCode, options: ShellOptions = {}) {
  return async (pieces: TemplateStringsArray, ...values: unknown[]): Promise<string> => {
    const command = (await openShell(options))(pieces, ...values);
    const { ok, exitCode, stdout, stderr } = await command;
    options.signal?.throwIfAborted();
    if (ok) return stdout.replace(/\n$/, "");
    const [file, action = ""] = command.cmd.split(" ");
    if (exitCode === NOT_FOUND) {
      throw new KasmixError("E_MACHINE", `${file} is not installed, and the bench needs it.`, {
        fix: `On Debian: apt-get install ${file}`,
      });
    }
    const printed = `${stdout}\n${stderr}`.trim().split("\n").slice(-40).join("\n");
    throw new KasmixError(code, `${file} ${action} failed:\n${printed}`);
  };
}

export const MIB = 1024 ** 2;
