import type { ArgsDef, ParsedArgs } from "citty";
import type { CommandShape } from "../../terminal/program.ts";
import type { Style } from "../../terminal/style.ts";
import type { ControlClient } from "./client.ts";

/** What every command of kasmixctl gets in addition to its arguments. */
export interface Context {
  readonly client: ControlClient;
  readonly json: boolean;
  /** Of standard output. */
  readonly style: Style;
  /** Writes a line to standard output; resolves when the next one may be written. */
  print(line: string): Promise<void>;
}

/** A command of kasmixctl. */
export interface Command<T extends ArgsDef = ArgsDef> extends CommandShape {
  readonly args: T;
  run(args: ParsedArgs<T>, context: Context): Promise<void>;
}

/** Returns the command without the types of its own arguments, which only its `run` needs. */
export function defineCommand<const T extends ArgsDef>(command: Command<T>): Command {
  return command as unknown as Command;
}
