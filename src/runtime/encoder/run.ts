import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Log } from "../log/log.ts";

/** A program that encodes the desktop's sound or picture while somebody follows it. */
export interface Encoder {
  /** Starts the program with these parameters, or starts it anew. */
  start(...parameters: readonly string[]): void;
  stop(): void;
  /** Writes a line to the program's standard input. Lines that it leaves unread for long are dropped. */
  tell(line: string): void;
  /** Milliseconds since the program's last output, or since it was told something; below 0 before its first output. */
  readonly silence: number;
  /**
   * Stops the program until it is woken or told something, and resolves then; at once if it has something to do at this
   * moment.
   */
  sleep(): Promise<void>;
  wake(): void;
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
  /** When the program last gave something, or was told something. */
  let heard = Number.POSITIVE_INFINITY;
  let onWake: (() => void) | undefined;
  const wake = () => {
    if (onWake) signal(running, "SIGCONT");
    onWake?.();
    onWake = undefined;
  };
  const stop = () => {
    clearTimeout(timer);
    running?.kill();
    wake();
    running = undefined;
  };
  const run = (parameters: readonly string[]) => {
    const take = options.open();
    heard = Number.POSITIVE_INFINITY;
    const encoder = spawnEncoder(options, parameters, {
      onOutput(chunk) {
        heard = performance.now();
        pause = firstPause;
        take(chunk);
      },
      onEnd() {
        if (running !== encoder) return;
        wake();
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
    get silence() {
      return performance.now() - heard;
    },
    async sleep() {
      if (isBusy(running) || !signal(running, "SIGSTOP")) return;
      await new Promise<void>((resolve) => {
        onWake = resolve;
      });
    },
    wake,
    tell(line) {
      wake();
      if (Number.isFinite(heard)) heard = performance.now();
      const input = running?.stdin;
      if (input && input.writableLength < MOST_UNREAD) input.write(`${line}\n`);
    },
  };
}

/** Whether it was sent. `kill` of the process itself would count as its end. */
function signal(encoder: ChildProcess | undefined, name: "SIGSTOP" | "SIGCONT"): boolean {
  if (encoder?.pid === undefined || encoder.exitCode !== null || encoder.signalCode !== null) return false;
  return process.kill(encoder.pid, name);
}

/** Whether one of its threads has something to do at this moment. */
function isBusy(encoder: ChildProcess | undefined): boolean {
  const folder = `/proc/${encoder?.pid}/task`;
  try {
    return readdirSync(folder).some((id) => !/\) S /.test(readFileSync(`${folder}/${id}/stat`, "utf8")));
  } catch {
    return true;
  }
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
