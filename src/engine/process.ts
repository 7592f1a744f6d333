import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import { proxyVariables } from "../net/proxies.ts";

/** How a process ended. */
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
  /** Added to this process's environment with its proxies in every spelling; `undefined` removes a variable. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. @default no limit */
  readonly timeout?: number;
}

/** Output kept of one process, in characters: more is cut off. */
const OUTPUT_LIMIT = 32_000_000;

/**
 * Runs a program to its end, without a shell. A failure is an outcome; only an abort is thrown. On an abort the program
 * gets SIGTERM and, five seconds later, SIGKILL.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Outcome> {
  const { input, timeout } = options;
  const running = execa(file, args, {
    ...commonOptions(options),
    stdin: input === undefined ? "ignore" : "pipe",
    ...(input === undefined ? {} : { input }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  return outcomeOf(running, options.signal);
}

/** Runs a program whose standard input `write` fills. Returns how it ended, and what `write` returned or threw. */
export async function feedProcess<T>(
  file: string,
  args: readonly string[],
  write: (stdin: Writable) => Promise<T>,
  options: Pick<ProcessOptions, "signal"> = {},
): Promise<{ readonly outcome: Outcome; readonly written: PromiseSettledResult<T> }> {
  const running = execa(file, args, { ...commonOptions(options), stdin: "pipe" });
  const [[written], outcome] = await Promise.all([
    Promise.allSettled([write(running.stdin)]),
    outcomeOf(running, options.signal),
  ]);
  return { outcome, written };
}

export interface OpenOptions extends Pick<ProcessOptions, "signal"> {
  /** Whether its standard error is this process's, instead of being kept. @default false */
  readonly showErrors?: boolean;
}

/** Starts a program whose standard output the caller reads to its end, or destroys. */
export function openProcess(
  file: string,
  args: readonly string[],
  { showErrors = false, ...options }: OpenOptions = {},
): { readonly stdout: Readable; readonly outcome: Promise<Outcome> } {
  const running = execa(file, args, {
    ...commonOptions(options),
    ...{ stdin: "ignore", stdout: "pipe", stderr: showErrors ? "inherit" : "pipe" },
    buffer: { stdout: false, stderr: true },
  });
  return { stdout: running.stdout, outcome: outcomeOf(running, options.signal) };
}

/** Runs a program on this terminal. Returns its exit code; 1 where a signal ended it. */
export async function runAttached(
  file: string,
  args: readonly string[],
  options: Pick<ProcessOptions, "signal" | "cwd" | "environment"> = {},
): Promise<number> {
  const result = await execa(file, args, {
    ...commonOptions(options),
    stdio: "inherit",
    // It has the terminal, so Ctrl-C reaches it as well, and it may need its time to clean up.
    forceKillAfterDelay: 60_000,
  });
  options.signal?.throwIfAborted();
  return result.exitCode ?? 1;
}

/** How a program ended whose lines were passed on. */
export interface LinesOutcome {
  readonly exitCode: number;
  /** Its standard error; empty where that was passed on. */
  readonly stderr: string;
  /** The program itself was not found. */
  readonly notFound: boolean;
}

export interface LinesOptions extends Pick<ProcessOptions, "signal" | "environment"> {
  /** Which output is read; with "stderr", the other is dropped. @default "stdout" */
  readonly from?: "stdout" | "stderr" | "all";
}

/**
 * Runs a program and passes on each line of its output; the next one is read when `onLine` is done. Its standard input
 * stays open until it ends. Only an abort is thrown.
 */
export async function runLines(
  file: string,
  args: readonly string[],
  onLine: (line: string) => Promise<void> | void,
  { from = "stdout", ...options }: LinesOptions = {},
): Promise<LinesOutcome> {
  const child = execa(file, args, {
    ...commonOptions(options),
    stdin: "pipe",
    ...(from === "stderr" ? { stdout: "ignore" } : {}),
    all: from === "all",
    buffer: { stdout: false, stderr: from === "stdout", all: false },
  });
  for await (const line of child.iterable({ from })) await onLine(line);
  const { exitCode, stderr, code } = await child;
  options.signal?.throwIfAborted();
  return { exitCode: exitCode ?? 1, stderr: stderr ?? "", notFound: code === "ENOENT" };
}

function commonOptions({ signal, cwd, environment }: ProcessOptions) {
  return {
    reject: false,
    maxBuffer: OUTPUT_LIMIT,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...proxyVariables(process.env), ...environment },
  } as const;
}

type Running = PromiseLike<{
  readonly failed: boolean;
  readonly exitCode?: number | undefined;
  readonly stdout?: string | undefined;
  readonly stderr?: string | undefined;
  readonly code?: string | undefined;
  readonly timedOut: boolean;
}>;

async function outcomeOf(running: Running, signal: AbortSignal | undefined): Promise<Outcome> {
  const { failed, exitCode, stdout = "", stderr = "", code, timedOut } = await running;
  signal?.throwIfAborted();
  return { ok: !failed, exitCode, stdout, stderr, notFound: code === "ENOENT", timedOut };
}
