import type { ArgDef, ArgsDef } from "citty";
import { aliasesOf, isNegatable } from "./arguments.ts";
import type { CommandShape, Example, Program } from "./program.ts";

/** Emphasises a heading; the identity without colour. */
export type Emphasis = (text: string) => string;

type Row = readonly [label: string, description: string];

/** The help of a command: usage line, arguments, flags, examples. */
export function renderUsage<C extends CommandShape>(
  program: Program<C>,
  name: string,
  command: C,
  bold: Emphasis,
): string {
  const { args, rest, many, implied, examples } = command;
  const positionals = Object.entries(args).filter(([, arg]) => arg.type === "positional");
  const flags = Object.entries(args).filter(([, arg]) => arg.type !== "positional");
  const words = positionals.map(([key, arg], index) =>
    positionalWord(many && index === positionals.length - 1 ? `${key}...` : key, arg),
  );
  const usage = [program.name, name, ...words, "[flags]", ...(rest ? ["--", rest] : [])].join(" ");
  return joinSections([
    `${program.commands[name]?.description}.`,
    `${bold("Usage")}\n  ${usage}`,
    section(
      bold("Arguments"),
      positionals.map(([key, arg]) => [key.toUpperCase(), describe(arg)]),
    ),
    section(
      bold("Flags"),
      flags.map((flag) => flagRow(flag, implied)),
    ),
    section(
      bold("Flags of every command"),
      Object.entries(program.args).map((flag) => flagRow(flag)),
    ),
    exampleSection(examples, bold),
  ]);
}

/** The help of the program: its purpose, examples, every command. */
export function renderMainUsage<C extends CommandShape>(program: Program<C>, bold: Emphasis): string {
  return joinSections([
    program.about,
    `${bold("Usage")}\n  ${program.name} COMMAND [flags]`,
    exampleSection(program.examples, bold),
    section(
      bold("Commands"),
      Object.entries(program.commands).map(([name, entry]) => [name, entry.description]),
    ),
    section(bold("Flags"), [
      ...Object.entries(program.args).map((flag) => flagRow(flag)),
      ...program.ownFlags,
    ]),
    program.more,
  ]);
}

function exampleSection(examples: readonly Example[], bold: Emphasis): string {
  return section(
    bold("Examples"),
    examples.map((example) => [example.command, example.explanation]),
  );
}

function positionalWord(key: string, arg: ArgDef): string {
  return arg.required === false || arg.default !== undefined ? `[${key.toUpperCase()}]` : key.toUpperCase();
}

function flagRow([key, arg]: [string, ArgsDef[string]], implied: CommandShape["implied"] = {}): Row {
  const value = "valueHint" in arg && arg.valueHint;
  const hint = value ? (key in implied ? `[=${value}]` : ` ${value}`) : "";
  const short = aliasesOf(arg).map((alias) => `-${alias}, `);
  if (isNegatable(arg))
    return [`--no-${key}`, ("negativeDescription" in arg && arg.negativeDescription) || ""];
  return [`${short.join("")}--${key}${hint}`, describe(arg)];
}

function describe(arg: ArgDef): string {
  const fallback = arg.default === undefined || arg.default === false ? "" : ` (default: ${arg.default})`;
  return `${arg.description ?? ""}${fallback}`;
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([label]) => label.length));
  return [title, ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`.trimEnd())].join("\n");
}

function joinSections(sections: readonly string[]): string {
  return sections.filter((text) => text !== "").join("\n\n");
}
