import { createEncoder } from "./encode.ts";
import { peakOf } from "./message.ts";

// Parts of AudioWorklet that TypeScript's DOM library lacks.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/**
 * Turns a microphone's sound into messages for the server. They go directly to the worker that sends them, because
 * the page is sometimes busy with the desktop's picture; the page only gets their peaks.
 */
class Voice extends AudioWorkletProcessor {
  /** Receives the messages; the page passes it in. */
  #port: MessagePort | undefined;
  readonly #encode = createEncoder(sampleRate, (message) => {
    this.port.postMessage(peakOf(message));
    this.#port?.postMessage(message, [message]);
  });

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#port = data;
    };
  }

  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    if (channels !== undefined && channels.length > 0) this.#encode(channels);
    return true;
  }
}

registerProcessor("kasmix-voice", Voice);
