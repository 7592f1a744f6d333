import type { ArgDef, ArgsDef } from "citty";
import { KasmixError } from "../model/error.ts";
import { suggest } from "../model/suggest.ts";
import { type Command, GLOBAL_ARGS } from "./command.ts";

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
export function checkArguments(raw: readonly string[], name: string, command: Command): void {
  const args: ArgsDef = { ...command.args, ...GLOBAL_ARGS };
  const words = splitWords(raw, args);
  for (const flag of words.flags) checkFlag(flag, name, args);
  const expected = Object.entries(args).filter(([, arg]) => arg.type === "positional");
  const missing = expected.filter(([, arg]) => arg.required !== false && arg.default === undefined);
  const absent = missing[words.positionals.length];
  if (absent !== undefined) {
    throw usageError(`${name}: ${absent[0].toUpperCase()} is missing.`, name);
  }
  const surplus = words.positionals[expected.length];
  if (surplus !== undefined && !command.many) {
    const hint = command.rest && `Put -- before it: ./kasmix ${name} ${words.positionals[0]} -- ${surplus}`;
    throw usageError(`${name}: unexpected argument "${surplus}".`, name, hint);
  }
  if (words.rest !== undefined && !command.rest) throw usageError(`${name} takes nothing behind "--".`, name);
}

/** The words behind the first `--`. */
export function restOf(raw: readonly string[]): readonly string[] {
  const index = raw.indexOf("--");
  return index < 0 ? [] : raw.slice(index + 1);
}

/** A TCP port from a flag's text. Throws E_USAGE for anything but 1 to 65535. */
export function parsePort(text: string, flag: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new KasmixError("E_USAGE", `${flag} takes a port from 1 to 65535, not "${text}".`);
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

function checkFlag(flag: Words["flags"][number], name: string, args: ArgsDef): void {
  const letters = /^-[a-zA-Z]{2,}$/.test(flag.word)
    ? [...flag.word.slice(1)].map((letter) => `-${letter}`)
    : [];
  const known =
    letters.length > 0 ? letters.every((word) => findArgument(word, args)) : findArgument(flag.word, args);
  if (!known) {
    const near = suggest(flag.word, flagNames(args));
    throw usageError(`${name} has no flag "${flag.word}".`, name, near && `Did you mean ${near}?`);
  }
  const argument = findArgument(flag.word, args);
  if (isText(argument) && (flag.value === undefined || flag.value === "" || /^--?[a-z]/.test(flag.value))) {
    throw usageError(`${flag.word} needs a value.`, name);
  }
  if (!isText(argument) && flag.value !== undefined) throw usageError(`${flag.word} takes no value.`, name);
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

function usageError(message: string, name: string, hint?: string): KasmixError {
  return new KasmixError("E_USAGE", message, { fix: hint || `See ./kasmix ${name} --help` });
}
