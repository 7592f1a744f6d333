import type { ArgsDef } from "citty";

/** One line of an "Examples" section. */
export interface Example {
  readonly command: string;
  readonly explanation: string;
}

/** A sub-command, as far as checks and help need it. */
export interface CommandShape {
  readonly args: ArgsDef;
  /** Name of the words after `--`, for the usage line. @default none are allowed */
  readonly rest?: string;
  /** Whether the last positional argument may be repeated. @default false */
  readonly many?: boolean;
  /** Values of flags that may stand alone; another value comes after "=". @default none may */
  readonly implied?: Readonly<Record<string, string>>;
  readonly examples: readonly Example[];
}

/** A command that is not loaded yet. */
export interface CommandEntry<C extends CommandShape> {
  readonly description: string;
  load(): Promise<C>;
}

/** A command line with sub-commands: `./kasmix` on the host, `kasmixctl` in the container. */
export interface Program<C extends CommandShape> {
  /** As users type it. */
  readonly name: string;
  /** Its purpose, in a sentence. */
  readonly about: string;
  readonly examples: readonly Example[];
  /** Every command, in the order of the help. Each is loaded on demand, so that the help is quick. */
  readonly commands: Readonly<Record<string, CommandEntry<C>>>;
  /** Flags of every command. */
  readonly args: ArgsDef;
  /** Flags without a command, as rows of the help. */
  readonly ownFlags: readonly (readonly [label: string, description: string])[];
  /** The last line of the help. */
  readonly more: string;
}
