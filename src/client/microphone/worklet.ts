import { createEncoder } from "./encode.ts";
import { peakOf } from "./message.ts";

// What there is in an AudioWorklet and TypeScript's DOM library leaves out.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: { processorOptions: { way: MessagePort } }) => AudioWorkletProcessor,
): void;

/**
 * Makes messages for the server of a microphone's sound. They go straight to who sends them: the page, which is told
 * how loud each is, is busy with the desktop's picture now and then.
 */
class Voice extends AudioWorkletProcessor {
  readonly #encode: ReturnType<typeof createEncoder>;

  constructor({ processorOptions: { way } }: { processorOptions: { way: MessagePort } }) {
    super();
    this.#encode = createEncoder(sampleRate, (message) => {
      this.port.postMessage(peakOf(message));
      way.postMessage(message, [message]);
    });
  }

  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    if (channels !== undefined && channels.length > 0) this.#encode(channels);
    return true;
  }
}

registerProcessor("kasmix-voice", Voice);
