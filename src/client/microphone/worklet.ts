import { createEncoder } from "./encode.ts";
import { peakOf } from "./message.ts";

// What there is in an AudioWorklet and TypeScript's DOM library leaves out.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/**
 * Makes messages for the server of a microphone's sound. They go straight to who sends them: the page, which is told
 * how loud each is, is busy with the desktop's picture now and then.
 */
class Voice extends AudioWorkletProcessor {
  /** Where the messages go; the page hands it over. */
  #way: MessagePort | undefined;
  readonly #encode = createEncoder(sampleRate, (message) => {
    this.port.postMessage(peakOf(message));
    this.#way?.postMessage(message, [message]);
  });

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => {
      this.#way = data;
    };
  }

  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    if (channels !== undefined && channels.length > 0) this.#encode(channels);
    return true;
  }
}

registerProcessor("kasmix-voice", Voice);
