/** An access unit as MP4 stores it. */
export interface StoredUnit {
  /** The NAL units of the picture, each behind its length. */
  readonly data: Buffer;
  /** The decoder's configuration (avcC) of a unit that carries parameter sets; undefined for others. */
  readonly configuration: Buffer | undefined;
}

/** Turns an access unit in Annex B's format, as encoders give it, into MP4's. */
export function toStored(unit: Buffer): StoredUnit {
  const [sequence, picture, rest]: [Buffer[], Buffer[], Buffer[]] = [[], [], []];
  for (const nal of nalUnits(unit)) {
    const type = (nal[0] ?? 0) & TYPE;
    if (type === SEQUENCE_PARAMETERS) sequence.push(nal);
    else if (type === PICTURE_PARAMETERS) picture.push(nal);
    else if (type !== DELIMITER) rest.push(behind(nal, 4));
  }
  const [first] = sequence;
  return { data: Buffer.concat(rest), configuration: first && renderConfiguration(first, sequence, picture) };
}

const TYPE = 0x1f;
const [SEQUENCE_PARAMETERS, PICTURE_PARAMETERS, DELIMITER] = [7, 8, 9];
const START = Buffer.of(0, 0, 1);

/** The NAL units between start codes. */
function* nalUnits(unit: Buffer): Generator<Buffer> {
  let start = unit.indexOf(START);
  while (start >= 0) {
    const next = unit.indexOf(START, start + 3);
    let end = next < 0 ? unit.length : next;
    // Zeros before a start code belong to it: no NAL unit ends with one.
    while (end > start + 3 && unit[end - 1] === 0) end -= 1;
    if (end > start + 3) yield unit.subarray(start + 3, end);
    start = next;
  }
}

function renderConfiguration(first: Buffer, sequence: readonly Buffer[], picture: readonly Buffer[]): Buffer {
  const profile = first[1] ?? 0;
  return Buffer.concat([
    Buffer.of(1, profile, first[2] ?? 0, first[3] ?? 0, 0xff, 0xe0 | sequence.length),
    ...sequence.map((set) => behind(set, 2)),
    Buffer.of(picture.length),
    ...picture.map((set) => behind(set, 2)),
    // From the High profile on: 4:2:0, 8 bits.
    ...(profile >= 100 ? [Buffer.of(0xfd, 0xf8, 0xf8, 0)] : []),
  ]);
}

/** Bytes behind their length, which has so many bytes. */
function behind(bytes: Buffer, size: 2 | 4): Buffer {
  const length = Buffer.alloc(size);
  length.writeUIntBE(bytes.length, 0, size);
  return Buffer.concat([length, bytes]);
}
