/** An encoded frame as the encoder writes it (nix/screen/encoder.py). */
export interface FrameRecord {
  readonly isKey: boolean;
  /** Goes up to 65535 and begins anew; some are left out. */
  readonly id: number;
  /** Id of the frame that it builds on; -1 for none, -2 where the encoder does not tell. */
  readonly reference: number;
  readonly width: number;
  readonly height: number;
  /** Microseconds of the monotonic clock. */
  readonly timestamp: number;
  readonly data: Buffer;
}

/** What encodes. */
export interface EncoderNotice {
  readonly encoder: string;
  /** Why it does not run on a GPU; empty if it does. */
  readonly reason: string;
}

export interface RecordListener {
  onFrame(frame: FrameRecord): void;
  onNotice(notice: EncoderNotice): void;
}

const LENGTH = 4;
const FRAME = 1;
const FRAME_HEAD = 20;

/**
 * Splits the encoder's output into records, whatever the chunks of the pipe. A frame is copied once, when its last chunk
 * has come.
 */
export function createRecordReader({ onFrame, onNotice }: RecordListener): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  let needed = LENGTH;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    while (length >= needed) {
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
      needed = LENGTH + bytes.readUInt32BE(0);
      chunks = [bytes];
      if (length < needed) return;
      const record = bytes.subarray(LENGTH, needed);
      if (record[0] === FRAME) onFrame(parseFrame(record));
      else onNotice(JSON.parse(record.toString("utf8", 1)));
      chunks = [bytes.subarray(needed)];
      length -= needed;
      needed = LENGTH;
    }
  };
}

function parseFrame(record: Buffer): FrameRecord {
  return {
    isKey: record[1] === 1,
    id: record.readUInt16BE(2),
    reference: record.readInt32BE(4),
    width: record.readUInt16BE(8),
    height: record.readUInt16BE(10),
    timestamp: Number(record.readBigUInt64BE(12)),
    data: record.subarray(FRAME_HEAD),
  };
}
