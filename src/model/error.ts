/**
 * Every way a Kasmix command can fail that the user can do something about, with its exit code.
 * The list is closed: docs/operate/exit-codes.md is checked against it.
 */
export const EXIT_CODES = {
  /** A fault in Kasmix itself: please report it. */
  E_INTERNAL: 1,
  /** The command line is wrong: unknown command, flag or workspace. */
  E_USAGE: 2,
  /** A workspace.ts, lock, generated file or file of people is wrong or stale. */
  E_MODEL: 3,
  /** A package, vendor file or mirror cannot be fetched, or its hash is wrong. */
  E_FETCH: 4,
  /** Nix is missing or the build failed. */
  E_BUILD: 5,
  /** The container engine is missing, does not answer, or refused. */
  E_ENGINE: 6,
  /** The container runs, but the desktop, or a service, did not become ready in time, or died; a URL was refused. */
  E_NOT_READY: 7,
  /** This machine lacks something that Kasmix cannot install by itself. */
  E_MACHINE: 8,
  /** Something checked with --check is out of date, or an image is older than the checkout that describes it. */
  E_STALE: 9,
  /** An OCI registry cannot be reached, refuses, or does not have the image. */
  E_PUBLISH: 10,
  /** Interrupted by a signal (128 + SIGINT). */
  E_INTERRUPTED: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** One thing that is wrong: where, what, and what to do about it. */
export interface Fault {
  /** Path in the model (`apps[0].command`) or file and line (`workspaces/desktop/workspace.ts:12`). */
  readonly path: string;
  readonly message: string;
  /** The next thing the user should do, as a sentence. */
  readonly fix?: string;
}

/** The one error type of Kasmix: a code from the closed list, a message, and all faults at once. */
export class KasmixError extends Error {
  override readonly name = "KasmixError";
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  readonly fix: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { faults?: readonly Fault[]; fix?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
    this.fix = options.fix;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
