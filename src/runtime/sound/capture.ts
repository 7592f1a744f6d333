import { createEncoder, type EncoderOptions } from "../encoder/run.ts";
import { RecordReader, type SoundRecord } from "./records.ts";

/** Records the desktop's sound between `start` and `stop`. */
export interface Capture {
  start(): void;
  stop(): void;
}

export interface CaptureOptions extends Pick<EncoderOptions, "environment" | "log" | "pause"> {
  /** The encoder with its parameters. It writes records to its stdout. */
  readonly command: readonly [string, ...string[]];
  /** Called with each record; its time counts from `start`, also after restarts of the encoder. */
  onRecord(record: SoundRecord): void;
}

/** Runs the encoder, also when PulseAudio does not run yet or is restarted. */
export function createCapture({ command, onRecord, ...options }: CaptureOptions): Capture {
  const [program, ...parameters] = command;
  let began = 0;
  const encoder = createEncoder({
    ...options,
    name: "sound",
    program,
    open() {
      const since = Math.round((performance.now() - began) * 1_000);
      const reader = new RecordReader();
      return (chunk) => {
        for (const { timestamp, frame } of reader.push(chunk))
          onRecord({ timestamp: timestamp + since, frame });
      };
    },
  });
  return {
    start() {
      began = performance.now();
      encoder.start(...parameters);
    },
    stop: encoder.stop,
  };
}
