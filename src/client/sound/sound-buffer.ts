/** The state of a buffer; times in seconds. */
export interface BufferState {
  /** Sound between now and the newest sample. */
  readonly buffered: number;
  /** The target that protects against late packets. */
  readonly reserve: number;
  /** How often it ran dry although the server dropped nothing. */
  readonly dry: number;
  /** Sound skipped because it was late. */
  readonly skipped: number;
}

/** All in samples at 48 kHz. */
const CAPACITY = 48_000;
const SMALLEST_RESERVE = 480;
const FIRST_RESERVE = 960;
const LARGEST_RESERVE = 9_600;
/** More than the reserve plus this is a burst after a pause and is skipped at once. */
const BURST = 7_200;
/** After this long, the smallest amount buffered in the meantime tells whether there is a surplus. */
const WINDOW = 480_000;
/** A surplus that is not skipped. */
const SLACK = 480;
/** Time without running dry after which the reserve shrinks. */
const CALM = 240_000;
/** At first the page itself is busy, and running dry does not predict anything. */
const GRACE = 144_000;
/** Samples over which two positions of the sound are cross-faded. */
const FADE = 240;

/**
 * Buffers sound between network and output, with a latency that follows the network: playing starts once the
 * reserve is filled, the reserve grows after running dry and shrinks after a calm time, and late sound is skipped,
 * be it a burst after the tab slept or the slow drift of two clocks.
 */
export class SoundBuffer {
  readonly #channels: readonly Float32Array[];
  #start = 0;
  #length = 0;
  #playing = false;
  #reserve = FIRST_RESERVE;
  #least = Number.POSITIVE_INFINITY;
  #elapsed = 0;
  #calm = 0;
  #age = 0;
  #awaited = 0;
  #starved = false;
  #dry = 0;
  #skipped = 0;
  readonly #last: number[];

  constructor(channels = 2) {
    this.#channels = Array.from({ length: channels }, () => new Float32Array(CAPACITY));
    this.#last = Array<number>(channels).fill(0);
  }

  get state(): BufferState {
    const [buffered, reserve, skipped] = [this.#length, this.#reserve, this.#skipped].map((n) => n / 48_000);
    return { buffered: buffered ?? 0, reserve: reserve ?? 0, dry: this.#dry, skipped: skipped ?? 0 };
  }

  /** Adds samples; `position` is the position of the first one in the recording. */
  push(samples: readonly Float32Array[], position: number): void {
    const count = samples[0]?.length ?? 0;
    const isNext = Math.abs(position - this.#awaited) < SLACK;
    // Only sound that was recorded and arrived too late calls for a larger reserve; omitted silence does not.
    if (this.#starved && isNext) this.#grow();
    this.#starved = false;
    this.#awaited = position + count;
    const overflow = this.#length + count - CAPACITY;
    if (overflow > 0) this.#skip(overflow);
    this.#write(samples, count);
    const most = this.#reserve + BURST;
    if (this.#length > most) this.#skip(this.#length - this.#reserve - count);
  }

  /** Fills an output with the next samples, or with silence. */
  pull(output: readonly Float32Array[]): void {
    const count = output[0]?.length ?? 0;
    this.#shrink(count);
    if (!this.#playing && this.#length >= this.#reserve + count) {
      this.#playing = true;
      this.#fadeIn();
    }
    const available = this.#playing ? Math.min(this.#length, count) : 0;
    this.#read(output, available);
    if (!this.#playing) return;
    if (available < count) {
      this.#playing = false;
      this.#starved = true;
      this.#forget();
    } else this.#watch(count);
  }

  #grow(): void {
    this.#dry += 1;
    this.#calm = 0;
    if (this.#age > GRACE) this.#reserve = Math.min(this.#reserve * 1.5, LARGEST_RESERVE);
  }

  #shrink(elapsed: number): void {
    this.#age += elapsed;
    this.#calm += elapsed;
    if (this.#calm < CALM) return;
    this.#calm = 0;
    this.#reserve = Math.max(this.#reserve * 0.7, SMALLEST_RESERVE);
  }

  /** Checks whether the buffer always held more than the reserve. */
  #watch(count: number): void {
    this.#least = Math.min(this.#least, this.#length);
    this.#elapsed += count;
    if (this.#elapsed < WINDOW) return;
    const surplus = this.#least - this.#reserve;
    if (surplus > SLACK) this.#skip(Math.floor(surplus));
    this.#forget();
  }

  #forget(): void {
    this.#elapsed = 0;
    this.#least = Number.POSITIVE_INFINITY;
  }

  /** Drops the oldest samples and cross-fades into the next. */
  #skip(count: number): void {
    const amount = Math.min(Math.max(count, 0), this.#length);
    const fade = Math.min(FADE, this.#length - amount, amount);
    for (const channel of this.#channels) {
      for (let index = 0; index < fade; index++) {
        const [from, to] = [this.#at(index), this.#at(amount + index)];
        const share = (index + 1) / (fade + 1);
        channel[to] = (channel[from] ?? 0) * (1 - share) + (channel[to] ?? 0) * share;
      }
    }
    this.#start = this.#at(amount);
    this.#length -= amount;
    this.#skipped += amount;
  }

  #fadeIn(): void {
    const fade = Math.min(FADE, this.#length);
    for (const channel of this.#channels) {
      for (let index = 0; index < fade; index++) {
        const at = this.#at(index);
        channel[at] = ((channel[at] ?? 0) * index) / fade;
      }
    }
  }

  #write(samples: readonly Float32Array[], count: number): void {
    this.#channels.forEach((channel, number) => {
      const from = samples[number] ?? samples[0];
      for (let index = 0; index < count; index++)
        channel[this.#at(this.#length + index)] = from?.[index] ?? 0;
    });
    this.#length += count;
  }

  /** Fades out from the last sample where samples are missing, so that nothing clicks. */
  #read(output: readonly Float32Array[], available: number): void {
    this.#channels.forEach((channel, number) => {
      const to = output[number];
      let last = this.#last[number] ?? 0;
      for (let index = 0; index < (to?.length ?? 0); index++) {
        last = index < available ? (channel[this.#at(index)] ?? 0) : last * 0.97;
        if (to) to[index] = last;
      }
      this.#last[number] = last;
    });
    this.#start = this.#at(available);
    this.#length -= available;
  }

  #at(index: number): number {
    return (this.#start + index) % CAPACITY;
  }
}
