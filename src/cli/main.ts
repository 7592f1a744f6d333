import { fileURLToPath } from "node:url";
import { ownWords, readCommandLine } from "../terminal/command-line.ts";
import { renderError, renderErrorReport, toKasmixError } from "../terminal/report.ts";
import { createStyle, wantsColor } from "../terminal/style.ts";
import { createOutput, type Output } from "./output.ts";
import { KASMIX } from "./program.ts";
import { readVersion } from "./version.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

await main(process.argv.slice(2));

/** Runs one command line and sets the exit code. The only place where errors are caught. */
async function main(argv: readonly string[]): Promise<void> {
  const own = ownWords(argv);
  const output = outputFor(own);
  const signal = interruptible();
  ignoreClosedPipe();
  try {
    await dispatch(argv, own, output, signal);
  } catch (thrown) {
    const error = toKasmixError(thrown, signal);
    output.error(renderError(error));
    if (output.json) output.result(renderErrorReport(error), "");
    process.exitCode = error.exitCode;
  }
}

async function dispatch(
  argv: readonly string[],
  own: readonly string[],
  output: Output,
  signal: AbortSignal,
) {
  if (own.includes("--version") || own.includes("-V")) return showVersion(output);
  const line = await readCommandLine(argv, KASMIX, stdoutBold(own));
  if ("help" in line) {
    (line.asked ? process.stdout : process.stderr).write(`${line.help}\n`);
    if (!line.asked) process.exitCode = 2;
    return;
  }
  await line.command.run(line.args, { root: ROOT, output, argv: line.words, signal });
}

function outputFor(own: readonly string[]): Output {
  const letters = own.filter((word) => /^-[a-zA-Z]+$/.test(word)).join("");
  return createOutput({
    json: own.includes("--json"),
    quiet: own.includes("--quiet") || letters.includes("q"),
    verbose: own.includes("--verbose") || letters.includes("v"),
    color: !own.includes("--no-color") && wantsColor(process.env),
    stdout: process.stdout,
    stderr: process.stderr,
  });
}

function stdoutBold(own: readonly string[]): (text: string) => string {
  const color = process.stdout.isTTY === true && !own.includes("--no-color") && wantsColor(process.env);
  return createStyle(color).bold;
}

/** The first signal aborts the work; the second ends the process at once. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * `kasmix … | head` closes stdout early, which is not an error. A closed stderr does not stop the work: a container may be
 * half replaced.
 */
function ignoreClosedPipe(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

async function showVersion(output: Output): Promise<void> {
  const version = await readVersion(ROOT);
  output.result({ version }, version);
}
