import type { ArgsDef, ParsedArgs } from "citty";
import type { CommandShape } from "../terminal/program.ts";
import type { Output } from "./output.ts";

/** Passed to every command besides its own arguments. */
export interface Context {
  /** The checkout's root: the folder of `kasmix`, `workspaces/` and `nix/`. */
  readonly root: string;
  readonly output: Output;
  /** The words after the command's name, as given. */
  readonly argv: readonly string[];
  /** Aborted by the first Ctrl-C; every long operation listens to it. */
  readonly signal: AbortSignal;
  /** Sets the exit code of a command that ends without an error. @default 0 */
  exitWith(code: number): void;
}

/** A sub-command. Its name and description are in commands.ts, so that `--help` does not load it. */
export interface Command<T extends ArgsDef = ArgsDef> extends CommandShape {
  readonly args: T;
  run(args: ParsedArgs<T>, context: Context): Promise<void>;
}

/** Returns the command without the types of its arguments, which only its `run` needs. */
export function defineCommand<const T extends ArgsDef>(command: Command<T>): Command {
  return command as unknown as Command;
}

/** Flags that every command understands. */
export const GLOBAL_ARGS = {
  json: { type: "boolean", description: "Print the result as JSON on stdout" },
  quiet: { type: "boolean", alias: "q", description: "Print only results and errors" },
  verbose: { type: "boolean", alias: "v", description: "Print the output of the underlying tools" },
  color: { type: "boolean", default: true, negativeDescription: "Plain text; NO_COLOR does the same" },
  help: { type: "boolean", alias: "h", description: "Show this help" },
} as const satisfies ArgsDef;
