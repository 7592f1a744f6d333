import type { ArgDef, ArgsDef } from "citty";
import { KasmixError } from "../model/error.ts";
import { suggest } from "../model/suggest.ts";
import type { CommandShape, Program } from "./program.ts";

/** A command line taken apart as far as checking it needs. */
interface Words {
  readonly flags: readonly { readonly word: string; readonly value: string | undefined }[];
  readonly positionals: readonly string[];
  readonly rest: readonly string[] | undefined;
}

/**
 * Refuses what the parser would silently let pass: unknown flags, flags without their value, arguments that are
 * missing or too many. Throws E_USAGE.
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
      command.rest && `Put -- before it: ${line}`,
    );
  }
  if (words.rest !== undefined && !command.rest) throw usageError(`${name} takes nothing behind "--".`);
}

/** A whole number from a flag's text. Throws E_USAGE for anything else. */
export function parseCount(text: string, flag: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new KasmixError("E_USAGE", `${flag} takes a whole number, not "${text}".`);
}

function splitWords(raw: readonly string[], args: ArgsDef): Words {
  const flags: { word: string; value: string | undefined }[] = [];
  const positionals: string[] = [];
  for (let i = 0; i < raw.length; i++) {
    const word = raw[i] ?? "";
    if (word === "--") return { flags, positionals, rest: raw.slice(i + 1) };
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    const [flag = "", ...values] = word.split("=");
    const takesValue = isText(findArgument(flag, args));
    const value = values.length > 0 ? values.join("=") : takesValue ? raw[++i] : undefined;
    flags.push({ word: flag, value });
  }
  return { flags, positionals, rest: undefined };
}

function checkFlag(
  flag: Words["flags"][number],
  name: string,
  args: ArgsDef,
  usageError: (message: string, hint?: string) => KasmixError,
): void {
  const letters = /^-[a-zA-Z]{2,}$/.test(flag.word)
    ? [...flag.word.slice(1)].map((letter) => `-${letter}`)
    : [];
  const known =
    letters.length > 0 ? letters.every((word) => findArgument(word, args)) : findArgument(flag.word, args);
  if (!known) {
    const near = suggest(flag.word, flagNames(args));
    throw usageError(`${name} has no flag "${flag.word}".`, near && `Did you mean ${near}?`);
  }
  const argument = findArgument(flag.word, args);
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

function isText(arg: ArgDef | undefined): boolean {
  return arg?.type === "string" || arg?.type === "enum";
}

/** Whether the flag is on by default, so that only `--no-…` makes sense. */
export function isNegatable(arg: ArgDef): boolean {
  return arg.type === "boolean" && arg.default === true;
}

/** The one-letter forms of a flag. */
export function aliasesOf(arg: ArgDef): readonly string[] {
  const alias = "alias" in arg ? arg.alias : undefined;
  return alias === undefined ? [] : [alias].flat();
}
