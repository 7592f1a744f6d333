import { execa } from "execa";

/** How a process ended; booleans for what is asked most, so that nobody reads messages. */
export interface Outcome {
  readonly ok: boolean;
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The program itself was not found. */
  readonly notFound: boolean;
  readonly timedOut: boolean;
}

export interface ProcessOptions {
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string;
  readonly input?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. @default no limit */
  readonly timeout?: number;
}

/** Output kept of one process, in characters: more is cut off. */
const OUTPUT_LIMIT = 32_000_000;

/**
 * Runs a program to its end and says how that was; only an abort is thrown. On an abort it gets SIGTERM and, five
 * seconds later, SIGKILL.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Outcome> {
  const { signal, cwd, input, environment, timeout } = options;
  const result = await execa(file, args, {
    reject: false,
    stdin: input === undefined ? "ignore" : "pipe",
    maxBuffer: OUTPUT_LIMIT,
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(environment === undefined ? {} : { env: environment }),
  });
  signal?.throwIfAborted();
  return {
    ok: !result.failed,
    exitCode: result.exitCode,
    stdout: result.stdout ?? "",
    stderr: result.stderr ?? "",
    notFound: result.code === "ENOENT",
    timedOut: result.timedOut,
  };
}

/** Runs a program on this terminal and gives its exit code (128 + signal number does not occur: 1 then). */
export async function runAttached(
  file: string,
  args: readonly string[],
  options: Pick<ProcessOptions, "signal" | "cwd" | "environment"> = {},
): Promise<number> {
  const { signal, cwd, environment } = options;
  const result = await execa(file, args, {
    reject: false,
    stdio: "inherit",
    // It has the terminal, so Ctrl-C reaches it as well, and it may need its time to clean up.
    forceKillAfterDelay: 60_000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(environment === undefined ? {} : { env: environment }),
  });
  signal?.throwIfAborted();
  return result.exitCode ?? 1;
}

/** How a program ended whose lines were handed on. */
export interface LinesOutcome {
  readonly exitCode: number;
  /** The end of what it wrote on standard error. */
  readonly stderr: string;
  /** The program itself was not found. */
  readonly notFound: boolean;
}

/**
 * Runs a program and hands on each line that it writes as it comes; the next one is read when `onLine` is done. Its
 * standard input stays open until it ends. Only an abort is thrown.
 */
export async function runLines(
  file: string,
  args: readonly string[],
  onLine: (line: string) => Promise<void> | void,
  { signal, from = "stdout" }: Pick<ProcessOptions, "signal"> & { readonly from?: "stdout" | "all" } = {},
): Promise<LinesOutcome> {
  const child = execa(file, args, {
    reject: false,
    stdin: "pipe",
    all: from === "all",
    buffer: { stdout: false, stderr: from === "stdout", all: false },
    maxBuffer: OUTPUT_LIMIT,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  for await (const line of child.iterable({ from })) await onLine(line);
  const { exitCode, stderr, code } = await child;
  signal?.throwIfAborted();
  return { exitCode: exitCode ?? 1, stderr: stderr ?? "", notFound: code === "ENOENT" };
}
