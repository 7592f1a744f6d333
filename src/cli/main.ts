import { fileURLToPath } from "node:url";
import { parseArgs } from "citty";
import { KasmixError } from "../model/error.ts";
import { suggest } from "../model/suggest.ts";
import { checkArguments } from "./arguments.ts";
import { GLOBAL_ARGS } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { createOutput, type Output, wantsColor } from "./output.ts";
import { renderError, renderErrorReport, toKasmixError } from "./report.ts";
import { renderMainUsage, renderUsage } from "./usage.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

await main(process.argv.slice(2));

/** Runs one command line and leaves its exit code. The one place where errors are caught. */
async function main(argv: readonly string[]): Promise<void> {
  const own = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  const output = outputFor(own);
  const signal = interruptible();
  ignoreClosedPipe();
  try {
    await dispatch(argv, own, output, signal);
  } catch (thrown) {
    const error = toKasmixError(thrown, signal);
    process.stderr.write(`${renderError(error)}\n`);
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
  const wantsHelp = own.includes("--help") || own.includes("-h");
  if (own.includes("--version") || own.includes("-V")) return showVersion(output);
  const index = own.findIndex((word) => !word.startsWith("-"));
  if (index < 0) return showMainUsage(own, wantsHelp);
  const name = own[index] === "help" ? own[index + 1] : own[index];
  if (name === undefined) return showMainUsage([], true);
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  if (wantsHelp || own[index] === "help") {
    process.stdout.write(`${renderUsage(name, entry, command, stdoutBold(own))}\n`);
    return;
  }
  const raw = argv.toSpliced(index, 1);
  checkArguments(raw, name, command);
  const args = parseArgs([...raw], { ...command.args, ...GLOBAL_ARGS });
  await command.run(args, { root: ROOT, output, argv: raw, signal });
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
  return (text) => (color ? `\u001b[1m${text}\u001b[22m` : text);
}

/** The first signal asks everything to end by itself; the second does not wait for it. */
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

/** `kasmix … | head` closes our stdout early: that is no error. */
function ignoreClosedPipe(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

function showMainUsage(own: readonly string[], asked: boolean): void {
  const unknown = own.find(
    (word) => !["-h", "--help", "--no-color", "--json", "-q", "--quiet"].includes(word),
  );
  if (!asked && unknown !== undefined) {
    throw new KasmixError("E_USAGE", `There is no flag "${unknown}" without a command.`, {
      fix: "See ./kasmix --help",
    });
  }
  const stream = asked ? process.stdout : process.stderr;
  stream.write(`${renderMainUsage(COMMANDS, asked ? stdoutBold(own) : (text) => text)}\n`);
  if (!asked) process.exitCode = 2;
}

async function showVersion(output: Output): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  const { version }: { version: string } = JSON.parse(await readFile(`${ROOT}/package.json`, "utf8"));
  output.result({ version }, version);
}

function unknownCommand(name: string): KasmixError {
  const near = suggest(name, Object.keys(COMMANDS));
  return new KasmixError("E_USAGE", `There is no command "${name}".`, {
    fix: near ? `Did you mean ./kasmix ${near}?` : "See ./kasmix --help",
  });
}
