import { VOICE } from "../../wire/microphone.ts";
import { createPacker } from "./message.ts";
import { Resampler } from "./resample.ts";

/** Encodes a microphone's samples, at its rate and in its channels, as messages for the server. */
export function createEncoder(rate: number, emit: (message: ArrayBuffer) => void) {
  const resampler = new Resampler(rate, VOICE.rate, createPacker(emit));
  return (channels: readonly Float32Array[]) => {
    const [first] = channels;
    for (let index = 0; index < (first?.length ?? 0); index++) {
      let sum = 0;
      for (const channel of channels) sum += channel[index] ?? 0;
      resampler.push(sum / channels.length);
    }
  };
}
