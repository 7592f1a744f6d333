import { type ParsedArgs, parseArgs } from "citty";
import { KasmixError } from "../model/error.ts";
import { aliasesOf, checkArguments } from "./arguments.ts";
import type { CommandShape, Program } from "./program.ts";
import { suggest } from "./suggest.ts";
import { type Emphasis, renderMainUsage, renderUsage } from "./usage.ts";

/** The meaning of a command line. */
export type CommandLine<C> =
  /** A help screen; `asked` is false when there was no command, which is a mistake. */
  | { readonly help: string; readonly asked: boolean }
  /** A command with its checked arguments; `words` are all words but its name. */
  | { readonly command: C; readonly args: ParsedArgs; readonly words: readonly string[] };

/**
 * Reads a command line. Throws E_USAGE for unknown commands and flags, and for missing or surplus arguments.
 */
export async function readCommandLine<C extends CommandShape>(
  argv: readonly string[],
  program: Program<C>,
  bold: Emphasis,
): Promise<CommandLine<C>> {
  const own = ownWords(argv);
  const wantsHelp = own.includes("--help") || own.includes("-h");
  const index = own.findIndex((word) => !word.startsWith("-"));
  if (index < 0) return mainUsage(own, wantsHelp, program, bold);
  const name = own[index] === "help" ? own[index + 1] : own[index];
  if (name === undefined) return mainUsage([], true, program, bold);
  const entry = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (entry === undefined) throw unknownCommand(name, program);
  const command = await entry.load();
  if (wantsHelp || own[index] === "help") {
    return { help: renderUsage(program, name, command, bold), asked: true };
  }
  const words = withImplied(argv.toSpliced(index, 1), command.implied);
  checkArguments(words, name, command, program);
  return { command, args: parseArgs([...words], { ...command.args, ...program.args }), words };
}

/** The words before `--`; the others are for another program. */
export function ownWords(argv: readonly string[]): readonly string[] {
  return argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
}

/** The words, with the values of flags that stand alone. */
function withImplied(words: readonly string[], implied: CommandShape["implied"] = {}): readonly string[] {
  const flags = new Map(Object.entries(implied).map(([name, value]) => [`--${name}`, value]));
  const own = ownWords(words);
  const full = own.map((word) => (flags.has(word) ? `${word}=${flags.get(word)}` : word));
  return [...full, ...words.slice(own.length)];
}

function mainUsage<C extends CommandShape>(
  own: readonly string[],
  asked: boolean,
  program: Program<C>,
  bold: Emphasis,
): CommandLine<C> {
  const known = Object.entries(program.args).flatMap(([key, arg]) => [
    ...[`--${key}`, `--no-${key}`],
    ...aliasesOf(arg).map((letter) => `-${letter}`),
  ]);
  const unknown = own.find((word) => !known.includes(word));
  if (!asked && unknown !== undefined) {
    throw new KasmixError("E_USAGE", `There is no flag "${unknown}" without a command.`, {
      fix: `See ${program.name} --help`,
    });
  }
  return { help: renderMainUsage(program, asked ? bold : (text) => text), asked };
}

function unknownCommand<C extends CommandShape>(name: string, program: Program<C>): KasmixError {
  const near = suggest(name, Object.keys(program.commands));
  return new KasmixError("E_USAGE", `There is no command "${name}".`, {
    fix: near ? `Did you mean ${program.name} ${near}?` : `See ${program.name} --help`,
  });
}
