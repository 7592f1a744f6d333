/** Microseconds in which some packet comes without delay. */
const WINDOW = 2_000_000;

/**
 * Finds when sound was heard by the clock of the picture. The encoder counts time by what it has recorded; a packet comes
 * some time after that, and the fastest ones tell the difference of the clocks. All times are microseconds.
 */
export class SoundTime {
  #since = Number.NEGATIVE_INFINITY;
  #least = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;

  /** When a packet began that has this timestamp and came at `arrival`; `length` is how long it lasts. */
  of(timestamp: number, arrival: number, length: number): number {
    if (arrival - this.#since > WINDOW) {
      this.#since = arrival;
      this.#before = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
    }
    this.#least = Math.min(this.#least, arrival - timestamp - length);
    return timestamp + Math.min(this.#least, this.#before);
  }
}
