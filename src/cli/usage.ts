import type { ArgDef, ArgsDef } from "citty";
import { aliasesOf, isNegatable } from "./arguments.ts";
import { type Command, GLOBAL_ARGS } from "./command.ts";
import type { CommandEntry } from "./commands.ts";

/** Makes a heading stand out; the identity where there is no colour. */
export type Emphasis = (text: string) => string;

type Row = readonly [label: string, description: string];

/** The help of one command: usage line, arguments, flags, examples. */
export function renderUsage(name: string, entry: CommandEntry, command: Command, bold: Emphasis): string {
  const positionals = Object.entries(command.args).filter(([, arg]) => arg.type === "positional");
  const flags = Object.entries(command.args).filter(([, arg]) => arg.type !== "positional");
  const words = positionals.map(([key, arg]) => positionalWord(key, arg));
  const usage = ["./kasmix", name, ...words, "[flags]", ...(command.rest ? ["--", command.rest] : [])].join(
    " ",
  );
  return joinSections([
    `${entry.description}.`,
    `${bold("Usage")}\n  ${usage}`,
    section(
      bold("Arguments"),
      positionals.map(([key, arg]) => [key.toUpperCase(), describe(arg)]),
    ),
    section(bold("Flags"), flags.map(flagRow)),
    section(bold("Flags of every command"), Object.entries<ArgDef>(GLOBAL_ARGS).map(flagRow)),
    renderExamples(command, bold),
  ]);
}

/** The help of `kasmix` itself: what it is, an example, every command. */
export function renderMainUsage(commands: Readonly<Record<string, CommandEntry>>, bold: Emphasis): string {
  return joinSections([
    "Kasmix builds Linux desktops that one uses in a browser: reproducible images, built by Nix from TypeScript.",
    `${bold("Usage")}\n  ./kasmix COMMAND [flags]`,
    section(bold("Examples"), [
      ["./kasmix up desktop", "from nothing to a desktop on https://localhost:6901"],
      ["./kasmix list", "the workspaces and their state"],
    ]),
    section(
      bold("Commands"),
      Object.entries(commands).map(([name, entry]) => [name, entry.description]),
    ),
    section(bold("Flags"), [
      ...Object.entries<ArgDef>(GLOBAL_ARGS).map(flagRow),
      ["-V, --version", "Show the version"],
    ]),
    "./kasmix COMMAND --help tells more. Exit codes: docs/exit-codes.md",
  ]);
}

function renderExamples(command: Command, bold: Emphasis): string {
  return section(
    bold("Examples"),
    command.examples.map((example) => [example.command, example.explanation]),
  );
}

function positionalWord(key: string, arg: ArgDef): string {
  return arg.required === false || arg.default !== undefined ? `[${key.toUpperCase()}]` : key.toUpperCase();
}

function flagRow([key, arg]: [string, ArgsDef[string]]): Row {
  const hint = "valueHint" in arg && arg.valueHint ? ` ${arg.valueHint}` : "";
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
