import { VOICE } from "../../wire/microphone.ts";

/** Samples in a message: 10 ms, a small delay at a hundred messages a second. */
export const MESSAGE_SAMPLES = VOICE.rate / 100;

/** Packs samples between -1 and 1 into messages for the server, numbered from `sequence`, and emits each full one. */
export function createPacker(emit: (message: ArrayBuffer) => void, sequence = 0): (sample: number) => void {
  let filled = 0;
  let number = sequence;
  let view = begin(number);
  return (sample) => {
    view.setInt16(VOICE.header + 2 * filled, toInteger(sample), true);
    filled += 1;
    if (filled < MESSAGE_SAMPLES) return;
    emit(view.buffer);
    number = (number + 1) & 0xffff;
    filled = 0;
    view = begin(number);
  };
}

/** The peak of a message, between 0 and 1. */
export function peakOf(message: ArrayBuffer): number {
  const view = new DataView(message);
  let peak = 0;
  for (let offset = VOICE.header; offset < view.byteLength; offset += 2) {
    peak = Math.max(peak, Math.abs(view.getInt16(offset, true)));
  }
  return peak / 0x8000;
}

function begin(sequence: number): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(VOICE.header + 2 * MESSAGE_SAMPLES));
  view.setUint8(0, VOICE.version);
  view.setUint8(1, VOICE.samples);
  view.setUint16(2, sequence, true);
  return view;
}

function toInteger(sample: number): number {
  return Math.max(-0x8000, Math.min(0x7fff, Math.round(sample * 0x8000)));
}
