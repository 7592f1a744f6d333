import { VOICE } from "../../wire/microphone.ts";

/** Bytes of a millisecond. */
const MILLISECOND = (2 * VOICE.rate) / 1000;
/** Length of the queue; older sound is dropped, since nobody wants to be heard that late. */
const LONGEST_WAIT = 120 * MILLISECOND;
/** Length above which silence is dropped, to catch up with delays of the network and with different clocks. */
const PATIENCE = 20 * MILLISECOND;
/** Amplitude of inaudible samples: -44 dB. */
const SILENCE = 200;

/** The voice between its arrival and its playback: bounded, and shortened at the next pause in speech. */
export class VoiceQueue {
  #chunks: Buffer[] = [];
  #length = 0;
  #dropped = 0;

  /** Waiting bytes. */
  get length(): number {
    return this.#length;
  }

  /** Dropped bytes. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds samples; drops the oldest when there are too many. */
  push(samples: Buffer): void {
    if (this.#length >= PATIENCE && isSilent(samples)) {
      this.#dropped += samples.length;
      return;
    }
    this.#chunks.push(samples);
    this.#length += samples.length;
    if (this.#length > LONGEST_WAIT) this.#dropped += this.take(this.#length - LONGEST_WAIT).length;
  }

  /** Removes and returns the oldest samples, at most `most` bytes. */
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
