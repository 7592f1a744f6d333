import { VOICE } from "../../wire/microphone.ts";

/** Bytes of a millisecond. */
const MILLISECOND = (2 * VOICE.rate) / 1000;
/** What may wait: after a break of the network nobody wants to be heard that late. */
const LONGEST_WAIT = 120 * MILLISECOND;
/** Above this a silence is left out, and the voice catches up: clocks differ, and breaks leave something behind. */
const PATIENCE = 20 * MILLISECOND;
/** Amplitude up to which nobody misses a sample: -44 dB. */
const SILENCE = 200;

/** A voice between arrival and playing: bounded, and short again after the next pause for breath. */
export class VoiceQueue {
  #chunks: Buffer[] = [];
  #length = 0;
  #dropped = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that were left out so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds samples; what has waited longest goes when there are too many. */
  push(samples: Buffer): void {
    if (this.#length >= PATIENCE && isSilent(samples)) {
      this.#dropped += samples.length;
      return;
    }
    this.#chunks.push(samples);
    this.#length += samples.length;
    if (this.#length > LONGEST_WAIT) this.#dropped += this.take(this.#length - LONGEST_WAIT).length;
  }

  /** Removes and gives the samples that have waited longest, at most so many bytes of them. */
  take(most: number): Buffer {
    const taken: Buffer[] = [];
    let room = most - (most % 2);
    for (let first = this.#chunks[0]; first !== undefined && room > 0; first = this.#chunks[0]) {
      const part = first.subarray(0, room);
      if (part.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(part.length);
      taken.push(part);
      room -= part.length;
    }
    const all = Buffer.concat(taken);
    this.#length -= all.length;
    return all;
  }
}

function isSilent(samples: Buffer): boolean {
  for (let offset = 0; offset < samples.length; offset += 2) {
    if (Math.abs(samples.readInt16LE(offset)) > SILENCE) return false;
  }
  return true;
}
