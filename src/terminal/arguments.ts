import { parseArgs } from "node:util";
import type { ArgDef, ArgsDef } from "citty";
import { KasmixError } from "../model/error.ts";
import type { CommandShape, Program } from "./program.ts";
import { suggest } from "./suggest.ts";

/** The words of a command line. */
interface Words {
  readonly flags: readonly { readonly word: string; readonly value: string | undefined }[];
  readonly positionals: readonly string[];
  readonly hasRest: boolean;
}

/**
 * Refuses what the parser silently accepts: unknown flags, flags without their value, missing and surplus arguments.
 * Throws E_USAGE.
 */
export function checkArguments(
  raw: readonly string[],
  name: string,
  command: CommandShape,
  program: Pick<Program<CommandShape>, "name" | "args">,
): void {
  const args: ArgsDef = { ...command.args, ...program.args };
  const usageError = (message: string, hint?: string) =>
    new KasmixError("E_USAGE", message, { fix: hint || `See ${program.name} ${name} --help` });
  const words = splitWords(raw, args);
  for (const flag of words.flags) checkFlag(flag, name, args, usageError);
  const expected = Object.entries(args).filter(([, arg]) => arg.type === "positional");
  const missing = expected.filter(([, arg]) => arg.required !== false && arg.default === undefined);
  const absent = missing[words.positionals.length];
  if (absent !== undefined) {
    throw usageError(`${name}: ${absent[0].toUpperCase()} is missing.`);
  }
  const surplus = words.positionals[expected.length];
  if (surplus !== undefined && !command.many) {
    const line = `${program.name} ${name} ${words.positionals[0]} -- ${surplus}`;
    throw usageError(
      `${name}: unexpected argument "${surplus}".`,
      command.rest ? `Put -- before it: ${line}` : meantValue(raw, command),
    );
  }
  if (words.hasRest && !command.rest) throw usageError(`${name} takes no arguments after "--".`);
}

/** A flag's whole number. Throws E_USAGE for anything else. */
export function parseCount(text: string, flag: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new KasmixError("E_USAGE", `${flag} takes a whole number, not "${text}".`);
}

/** The word after a flag that stands alone was probably meant as its value. */
function meantValue(raw: readonly string[], { implied = {} }: CommandShape): string | undefined {
  const alone = Object.entries(implied).map(([name, value]) => `--${name}=${value}`);
  const index = raw.findIndex((word) => alone.includes(word));
  const value = raw[index + 1];
  if (index < 0 || value === undefined) return undefined;
  return `Did you mean ${raw[index]?.replace(/=.*/s, "")}=${value}?`;
}

function splitWords(raw: readonly string[], args: ArgsDef): Words {
  const flags = Object.entries(args).filter(([, arg]) => arg.type !== "positional");
  const options = Object.fromEntries(
    flags.map(([key, arg]) => {
      const [short] = aliasesOf(arg);
      return [key, { type: isText(arg) ? "string" : "boolean", ...(short && { short }) } as const];
    }),
  );
  const { tokens } = parseArgs({ args: [...raw], options, strict: false, tokens: true });
  const end = tokens.find(({ kind }) => kind === "option-terminator")?.index ?? raw.length;
  return {
    flags: tokens.flatMap((token) =>
      token.kind === "option" ? [{ word: token.rawName, value: token.value }] : [],
    ),
    positionals: tokens.flatMap((token) =>
      token.kind === "positional" && token.index < end ? [token.value] : [],
    ),
    hasRest: end < raw.length,
  };
}

function checkFlag(
  flag: Words["flags"][number],
  name: string,
  args: ArgsDef,
  usageError: (message: string, hint?: string) => KasmixError,
): void {
  const argument = findArgument(flag.word, args);
  if (argument === undefined) {
    const near = suggest(flag.word, flagNames(args));
    throw usageError(`${name} has no flag "${flag.word}".`, near && `Did you mean ${near}?`);
  }
  if (isText(argument) && (flag.value === undefined || flag.value === "" || /^--?[a-z]/.test(flag.value))) {
    throw usageError(`${flag.word} needs a value.`);
  }
  if (!isText(argument) && flag.value !== undefined) throw usageError(`${flag.word} takes no value.`);
}

function findArgument(word: string, args: ArgsDef): ArgDef | undefined {
  for (const [key, arg] of Object.entries(args)) {
    if (arg.type === "positional") continue;
    if (word === `--${key}` || aliasesOf(arg).some((alias) => word === `-${alias}`)) return arg;
    if (isNegatable(arg) && word === `--no-${key}`) return arg;
  }
  return undefined;
}

function flagNames(args: ArgsDef): string[] {
  return Object.entries(args)
    .filter(([, arg]) => arg.type !== "positional")
    .flatMap(([key, arg]) => (isNegatable(arg) ? [`--no-${key}`] : [`--${key}`]));
}

function isText(arg: ArgDef): boolean {
  return arg.type === "string" || arg.type === "enum";
}

/** Whether the flag is on by default, so that only `--no-…` is useful. */
export function isNegatable(arg: ArgDef): boolean {
  return arg.type === "boolean" && arg.default === true;
}

/** The one-letter forms of a flag. */
export function aliasesOf(arg: ArgDef): readonly string[] {
  const alias = "alias" in arg ? arg.alias : undefined;
  return alias === undefined ? [] : [alias].flat();
}
