/** A frame, as far as decoding it matters. */
export interface Link {
  readonly number: number;
  /** Number of the frame that it builds on; undefined for a key frame. */
  readonly buildsOn: number | undefined;
}

/** Encoders refer no further back than this many frames. */
const LONGEST_MEMORY = 32;

/** Knows which frames a viewer can decode: those that build on one that was sent. */
export class Gate {
  #sent: number[] = [];

  /** The newest frame that was sent and decodes. */
  get newest(): number | undefined {
    return this.#sent.at(-1);
  }

  opensFor({ buildsOn }: Link): boolean {
    return buildsOn === undefined || this.#sent.includes(buildsOn);
  }

  passed({ number, buildsOn }: Link): void {
    this.#sent = buildsOn === undefined ? [number] : [...this.#sent.slice(1 - LONGEST_MEMORY), number];
  }

  /** The viewer has nothing left to build on. */
  close(): void {
    this.#sent = [];
  }
}
