import { ownWords, readCommandLine } from "../terminal/command-line.ts";
import { renderError, renderErrorReport, toKasmixError } from "../terminal/report.ts";
import { createStyle, wantsColor } from "../terminal/style.ts";
import { createOutput, type Output, type OutputOptions } from "./output.ts";
import { KASMIX } from "./program.ts";
import { readVersion } from "./version.ts";

/** What a command line works with. */
export interface RunOptions extends Pick<OutputOptions, "stdout" | "stderr"> {
  /** The checkout's root: the folder of `kasmix`, `workspaces/` and `nix/`. */
  readonly root: string;
  /** Decides on colour. @default the process's environment */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Ends the command. @default never aborted */
  readonly signal?: AbortSignal;
}

/** Runs one command line and gives its exit code. The one place where errors are caught. */
export async function run(argv: readonly string[], options: RunOptions): Promise<number> {
  const { signal = new AbortController().signal, environment = process.env } = options;
  const own = ownWords(argv);
  const color = !own.includes("--no-color") && wantsColor(environment);
  const output = outputFor(own, color, options);
  try {
    return await dispatch(argv, { ...options, own, output, color, signal });
  } catch (thrown) {
    const error = toKasmixError(thrown, signal);
    // In the builder, the Kasmix outside prints it.
    if (environment.KASMIX_INSIDE === undefined) output.error(renderError(error));
    if (output.json) output.result(renderErrorReport(error), "");
    return error.exitCode;
  }
}

interface Dispatch extends RunOptions {
  /** The words before `--`. */
  readonly own: readonly string[];
  readonly output: Output;
  readonly color: boolean;
  readonly signal: AbortSignal;
}

async function dispatch(argv: readonly string[], options: Dispatch): Promise<number> {
  const { root, stdout, stderr, own, output, color, signal } = options;
  if (own.includes("--version") || own.includes("-V")) {
    const version = await readVersion(root);
    output.result({ version }, version);
    return 0;
  }
  const { bold } = createStyle(stdout.isTTY === true && color);
  const line = await readCommandLine(argv, KASMIX, bold);
  if ("help" in line) {
    (line.asked ? stdout : stderr).write(`${line.help}\n`);
    return line.asked ? 0 : 2;
  }
  let exitCode = 0;
  const exitWith = (code: number): void => {
    exitCode = code;
  };
  await line.command.run(line.args, { root, output, argv: line.words, signal, exitWith });
  return exitCode;
}

function outputFor(own: readonly string[], color: boolean, { stdout, stderr }: RunOptions): Output {
  const letters = own.filter((word) => /^-[a-zA-Z]+$/.test(word)).join("");
  return createOutput({
    json: own.includes("--json"),
    quiet: own.includes("--quiet") || letters.includes("q"),
    verbose: own.includes("--verbose") || letters.includes("v"),
    color,
    stdout,
    stderr,
  });
}
