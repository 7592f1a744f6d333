/** What a buffer tells about itself; times in seconds. */
export interface BufferState {
  /** What lies between now and the newest sample. */
  readonly buffered: number;
  /** How much is kept in reserve against late packets. */
  readonly reserve: number;
  /** How often it ran dry though nothing had been left out. */
  readonly dry: number;
  /** What was skipped because it was late. */
  readonly skipped: number;
}

/** All in samples at 48 kHz. */
const CAPACITY = 48_000;
const SMALLEST_RESERVE = 480;
const FIRST_RESERVE = 960;
const LARGEST_RESERVE = 9_600;
/** More than the reserve and this is a burst after a pause: skipped at once. */
const BURST = 7_200;
/** After so long the least that was buffered meanwhile tells whether there is more than needed. */
const WINDOW = 480_000;
/** What may be too much without being skipped. */
const SLACK = 480;
/** Time without running dry, after which the reserve shrinks. */
const CALM = 240_000;
/** At first the page itself is busy: running dry then says nothing about what follows. */
const GRACE = 144_000;
/** Over so many samples one place of the sound goes over into another. */
const FADE = 240;

/**
 * Holds sound between network and loudspeaker, at a latency that follows the network: it starts to play when the reserve
 * is there, keeps more when it ran dry, less when it has long not, and skips what is late, be it a burst after the tab
 * slept or the slow drift of two clocks.
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

  /** Adds samples; `position` is where the first one stands in what was recorded. */
  push(samples: readonly Float32Array[], position: number): void {
    const count = samples[0]?.length ?? 0;
    const isNext = Math.abs(position - this.#awaited) < SLACK;
    // Only what was there all the time and came too late asks for a larger reserve; silence that was left out does not.
    if (this.#starved && isNext) this.#grow();
    this.#starved = false;
    this.#awaited = position + count;
    const overflow = this.#length + count - CAPACITY;
    if (overflow > 0) this.#skip(overflow);
    this.#write(samples, count);
    const most = this.#reserve + BURST;
    if (this.#length > most) this.#skip(this.#length - this.#reserve - count);
  }

  /** Fills an output with what is next, or with silence. */
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

  /** Looks whether more was there all the time than the reserve is to be. */
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

  /** Leaves the oldest samples out, and lets what was next go over into what follows. */
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

  /** What is missing fades out from the last sample, so that nothing clicks. */
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
