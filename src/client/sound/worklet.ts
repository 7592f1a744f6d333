import { type BufferState, SoundBuffer } from "./sound-buffer.ts";

/** A message from the page to the worklet. */
export interface SoundBlock {
  readonly channels: readonly Float32Array<ArrayBuffer>[];
  /** The position of the first sample in the recording. */
  readonly position: number;
}

/** A message from the worklet to the page, a few times a second. */
export interface WorkletReport extends BufferState {
  /** Samples received from the page so far. */
  readonly received: number;
}

/** https://webaudio.github.io/web-audio-api/#AudioWorkletGlobalScope, which TypeScript's DOM library leaves out. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Blocks of 128 samples between two reports. */
const REPORT_EVERY = 50;

class SoundOutput extends AudioWorkletProcessor {
  readonly #buffer = new SoundBuffer();
  #received = 0;
  #blocks = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<SoundBlock>) => {
      this.#buffer.push(data.channels, data.position);
      this.#received += data.channels[0]?.length ?? 0;
    };
  }

  process(_inputs: unknown, [output = []]: Float32Array[][]): boolean {
    this.#buffer.pull(output);
    this.#blocks += 1;
    if (this.#blocks % REPORT_EVERY === 0)
      this.port.postMessage({ ...this.#buffer.state, received: this.#received } satisfies WorkletReport);
    return true;
  }
}

registerProcessor("kasmix-sound", SoundOutput);
