/** A frame from the encoder. */
export interface SoundRecord {
  /** Microseconds since the recording began. */
  readonly timestamp: number;
  readonly frame: Buffer;
}

const HEADER = 10;

/** Splits the encoder's output into records (see nix/sound/encoder.c), whatever the chunks of the pipe. */
export class RecordReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the records that this chunk completes. */
  push(chunk: Buffer): SoundRecord[] {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const records: SoundRecord[] = [];
    while (rest.length >= HEADER) {
      const end = HEADER + rest.readUInt16BE(0);
      if (rest.length < end) break;
      records.push({ timestamp: Number(rest.readBigUInt64BE(2)), frame: rest.subarray(HEADER, end) });
      rest = rest.subarray(end);
    }
    this.#rest = rest;
    return records;
  }
}
