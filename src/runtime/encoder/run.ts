import { type ChildProcess, spawn } from "node:child_process";
import type { Log } from "../log/log.ts";

/** A program that encodes the desktop's sound or picture while somebody follows it. */
export interface Encoder {
  /** Starts the program with these parameters, or starts it anew. */
  start(...parameters: readonly string[]): void;
  stop(): void;
  /** Writes a line to the program's standard input. Lines that it leaves unread for long are dropped. */
  tell(line: string): void;
}

export interface EncoderOptions {
  /** What it encodes, for the log: `sound` or `screen`. */
  readonly name: string;
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Called before each start, also of a restart. Gives the function that takes the program's output. */
  open(): (chunk: Buffer) => void;
  /** Called when the program has ended and will be restarted. */
  readonly onEnd?: () => void;
  readonly log: Log;
  /** Milliseconds until the program is restarted; doubled up to 5 s while it gives nothing. @default 250 */
  readonly pause?: number;
}

const LONGEST_PAUSE = 5_000;
/** Bytes of lines that the program has not read. */
const MOST_UNREAD = 16 * 1024;

/** Runs the program between `start` and `stop`, and restarts it when it ends: what it records may be restarting too. */
export function createEncoder(options: EncoderOptions): Encoder {
  const { pause: firstPause = 250 } = options;
  let pause = firstPause;
  let running: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(timer);
    running?.kill();
    running = undefined;
  };
  const run = (parameters: readonly string[]) => {
    const take = options.open();
    const encoder = spawnEncoder(options, parameters, {
      onOutput(chunk) {
        pause = firstPause;
        take(chunk);
      },
      onEnd() {
        if (running !== encoder) return;
        timer = setTimeout(run, pause, parameters).unref();
        pause = Math.min(2 * pause, LONGEST_PAUSE);
        options.onEnd?.();
      },
    });
    running = encoder;
  };
  return {
    start(...parameters) {
      stop();
      pause = firstPause;
      run(parameters);
    },
    stop,
    tell(line) {
      const input = running?.stdin;
      if (input && input.writableLength < MOST_UNREAD) input.write(`${line}\n`);
    },
  };
}

interface Watcher {
  onOutput(chunk: Buffer): void;
  onEnd(): void;
}

function spawnEncoder(
  { name, program, environment, log }: EncoderOptions,
  parameters: readonly string[],
  { onOutput, onEnd }: Watcher,
): ChildProcess {
  const encoder = spawn(program, parameters, { env: environment, stdio: "pipe" });
  let errors = "";
  encoder.stdin.on("error", () => {});
  encoder.stdout.on("data", (chunk: Buffer) => {
    // Output after the end of the recording is dropped.
    if (!encoder.killed) onOutput(chunk);
  });
  encoder.stderr.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-1_000);
  });
  encoder.on("error", (error) => {
    errors ||= error.message;
  });
  encoder.on("close", (code, signal) => {
    const reason = signal ?? (errors.trim().split("\n").at(-1) || `code ${code}`);
    const message = `The ${name} encoder ended (${reason}). It is restarted while somebody needs it.`;
    if (!encoder.killed) log.warn({ event: `${name}.encoder`, message });
    onEnd();
  });
  return encoder;
}
