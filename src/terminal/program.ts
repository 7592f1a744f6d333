import type { ArgsDef } from "citty";

/** One line of an "Examples" section. */
export interface Example {
  readonly command: string;
  readonly explanation: string;
}

/** What the checks and the help have to know of a sub-command. */
export interface CommandShape {
  readonly args: ArgsDef;
  /** What stands behind `--`, for the usage line. @default nothing may stand there */
  readonly rest?: string;
  /** Whether the last positional argument may be given more than once. @default false */
  readonly many?: boolean;
  readonly examples: readonly Example[];
}

/** What is known of a command without loading it. */
export interface CommandEntry<C extends CommandShape> {
  readonly description: string;
  load(): Promise<C>;
}

/** A command line with sub-commands: `./kasmix` on the outside, `kasmixctl` in the container. */
export interface Program<C extends CommandShape> {
  /** As one types it. */
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly about: string;
  readonly examples: readonly Example[];
  /** Every command, in the order of the help. Each is loaded when it is asked for: the help must come at once. */
  readonly commands: Readonly<Record<string, CommandEntry<C>>>;
  /** Flags that every command understands. */
  readonly args: ArgsDef;
  /** Flags that stand without a command, as rows of the help. */
  readonly ownFlags: readonly (readonly [label: string, description: string])[];
  /** The last line of the help. */
  readonly more: string;
}
