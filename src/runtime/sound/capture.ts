import { type ChildProcess, spawn } from "node:child_process";
import type { Log } from "../log/log.ts";
import { RecordReader, type SoundRecord } from "./records.ts";

/** Records the desktop's sound between `start` and `stop`. */
export interface Capture {
  start(): void;
  stop(): void;
}

export interface CaptureOptions {
  /** The encoder, which writes records to its stdout. */
  readonly command: readonly [string, ...string[]];
  readonly environment: NodeJS.ProcessEnv;
  /** Called with each record; its time counts from `start`, also after restarts of the encoder. */
  onRecord(record: SoundRecord): void;
  readonly log: Log;
  /** Milliseconds until an encoder is restarted; doubled up to 5 s while it gives nothing. @default 250 */
  readonly pause?: number;
}

const LONGEST_PAUSE = 5_000;

/** Runs the encoder and restarts it when it ends: PulseAudio may not run yet, or may be restarted. */
export function createCapture(options: CaptureOptions): Capture {
  const { pause: firstPause = 250 } = options;
  let pause = firstPause;
  let running: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let began = 0;
  const run = () => {
    const since = Math.round((performance.now() - began) * 1_000);
    const encoder = startEncoder(options, {
      onRecord({ timestamp, frame }) {
        pause = firstPause;
        options.onRecord({ timestamp: timestamp + since, frame });
      },
      onEnd() {
        if (running !== encoder) return;
        timer = setTimeout(run, pause).unref();
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      },
    });
    running = encoder;
  };
  return {
    start() {
      pause = firstPause;
      began = performance.now();
      run();
    },
    stop() {
      clearTimeout(timer);
      running?.kill();
      running = undefined;
    },
  };
}

interface Watcher {
  onRecord(record: SoundRecord): void;
  onEnd(): void;
}

function startEncoder(
  { command, environment, log }: CaptureOptions,
  { onRecord, onEnd }: Watcher,
): ChildProcess {
  const [program, ...parameters] = command;
  const encoder = spawn(program, parameters, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const reader = new RecordReader();
  let errors = "";
  encoder.stdout.on("data", (chunk: Buffer) => {
    // Output after the end of the recording is dropped.
    if (!encoder.killed) for (const record of reader.push(chunk)) onRecord(record);
  });
  encoder.stderr.on("data", (chunk: Buffer) => {
    errors = `${errors}${chunk}`.slice(-1_000);
  });
  encoder.on("error", (error) => {
    errors ||= error.message;
  });
  encoder.on("close", () => {
    const message = `The sound encoder ended (${errors.trim() || "without a message"}). It is restarted while somebody listens.`;
    if (!encoder.killed) log.warn({ event: "sound.encoder", message });
    onEnd();
  });
  return encoder;
}
