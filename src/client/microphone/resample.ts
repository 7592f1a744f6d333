/** Zero crossings of the filter on each side. More of them make the edge of the passband steeper. */
const CROSSINGS = 24;
/** Of the lower rate's Nyquist frequency; the rest is the filter's edge. */
const PASSBAND = 0.93;
/** Shape of the Kaiser window: it keeps aliases 80 dB down. */
const BETA = 8;

/**
 * Converts sound from one rate to another, sample by sample: a windowed sinc with as many phases as the ratio of
 * the rates has, exact for integer rates, so that nothing drifts over time.
 */
export class Resampler {
  readonly #emit: (sample: number) => void;
  readonly #up: number;
  readonly #down: number;
  /** Taps on each side of a point between two samples. */
  readonly #reach: number;
  readonly #phases: readonly Float32Array[];
  readonly #history: Float32Array;
  #received = 0;
  /** The input sample at or before the next output, and the distance between them in units of 1/`up`. */
  #base = 0;
  #phase = 0;

  constructor(from: number, to: number, emit: (sample: number) => void) {
    const divisor = greatestDivisor(from, to);
    this.#emit = emit;
    this.#up = to / divisor;
    this.#down = from / divisor;
    const scale = Math.min(1, to / from);
    this.#reach = Math.ceil(CROSSINGS / scale);
    this.#phases = makePhases(this.#up, this.#reach, scale * PASSBAND);
    this.#history = new Float32Array(2 ** Math.ceil(Math.log2(2 * this.#reach + 1)));
  }

  push(sample: number): void {
    if (this.#up === this.#down) {
      this.#emit(sample);
      return;
    }
    const history = this.#history;
    history[this.#received & (history.length - 1)] = sample;
    this.#received += 1;
    while (this.#base + this.#reach < this.#received) {
      this.#emit(this.#convolve());
      this.#phase += this.#down;
      this.#base += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
  }

  #convolve(): number {
    const history = this.#history;
    const mask = history.length - 1;
    const taps = this.#phases[this.#phase] ?? history;
    const first = this.#base - this.#reach + 1;
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++)
      sum += (taps[tap] ?? 0) * (history[(first + tap) & mask] ?? 0);
    return sum;
  }
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The filter's taps for each position of an output between two inputs. */
function makePhases(count: number, reach: number, cutoff: number): Float32Array[] {
  return Array.from({ length: count }, (_, phase) => {
    const taps = Float32Array.from({ length: 2 * reach }, (_, tap) => {
      const distance = tap - reach + 1 - phase / count;
      return sinc(cutoff * distance) * kaiser(distance / reach);
    });
    // Every phase has the same gain. Otherwise the ratio of the rates would be audible as a tone.
    const sum = taps.reduce((total, value) => total + value, 0);
    return taps.map((value) => value / sum);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of order zero. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
