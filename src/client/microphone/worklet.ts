import { createEncoder } from "./encode.ts";

// What there is in an AudioWorklet and TypeScript's DOM library leaves out.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/** Posts a microphone's sound as messages for the server, ready to be sent. */
class Voice extends AudioWorkletProcessor {
  readonly #encode = createEncoder(sampleRate, (message) => this.port.postMessage(message, [message]));

  process([channels]: readonly (readonly Float32Array[])[]): boolean {
    if (channels !== undefined && channels.length > 0) this.#encode(channels);
    return true;
  }
}

registerProcessor("kasmix-voice", Voice);
