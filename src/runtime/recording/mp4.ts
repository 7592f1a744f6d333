/** Ticks of a second, for picture and sound. */
export const TICKS = 48_000;
/** Ticks of a packet of sound. */
export const PACKET = 480;

/** What a file shows. */
export interface Film {
  readonly width: number;
  readonly height: number;
  /** The decoder's configuration (avcC). */
  readonly configuration: Buffer;
  readonly hasSound: boolean;
}

/** The samples of a track, and where they are. */
export interface Track {
  /** Ticks at which each begins. */
  readonly starts: number[];
  /** Bytes of each. */
  readonly sizes: number[];
  /** Indexes of key frames; undefined where each sample decodes by itself. */
  readonly keys: number[] | undefined;
  /** Samples that lie together, in order: position in the file, and number. */
  readonly chunks: { readonly position: number; readonly count: number }[];
}

/** New samples of a track for a fragment. */
export interface Run {
  /** Ticks at which each begins. */
  readonly starts: readonly number[];
  readonly samples: readonly Buffer[];
  /** Whether each is a key frame; undefined where all are. */
  readonly keys: readonly boolean[] | undefined;
}

/**
 * The beginning of a file whose samples follow in fragments. A box without meaning comes first in it, at GAP, as large as
 * the header of a box.
 */
export function renderHead(film: Film): Buffer {
  const brand = box("ftyp", text("isom"), u32(0x200), text("isomiso5avc1mp41"));
  return Buffer.concat([brand, box("free"), renderMovie(film)]);
}

/** Position of the box without meaning. */
export const GAP = 32;

/** What replaces the box without meaning once the index is there: from there to `end` all is data that the index names. */
export function renderCover(end: number): Buffer {
  return Buffer.concat([u32(end - GAP), text("mdat")]);
}

/** A fragment up to its samples. `runs` are those of all tracks; `until` is when the last picture ends for now. */
export function renderFragment(number: number, runs: readonly Run[], until: number): Buffer {
  const bytes = runs.map(({ samples }) => samples.reduce((sum, { length }) => sum + length, 0));
  const render = (first: number) => {
    let offset = first;
    const tracks = runs.map((run, index) => {
      const rendered = run.samples.length > 0 ? [renderRun(index + 1, run, offset, until)] : [];
      offset += bytes[index] ?? 0;
      return rendered;
    });
    return box("moof", full("mfhd", 0, 0, u32(number)), ...tracks.flat());
  };
  // Its size does not depend on the numbers in it.
  const head = render(render(0).length + HEADER);
  const total = bytes.reduce((sum, length) => sum + length, 0);
  return Buffer.concat([head, u32(HEADER + total), text("mdat")]);
}

/** The movie box: without tracks that of a file whose samples follow in fragments, else the index of all samples. */
export function renderMovie(film: Film, tracks?: readonly Track[], end = 0): Buffer {
  const kinds = film.hasSound ? [VIDEO, AUDIO] : [VIDEO];
  const traks = kinds.map((kind, index) => renderTrack(kind, index + 1, film, tracks?.[index] ?? EMPTY, end));
  const extends_ = kinds.map(({ duration, flags }, index) =>
    full("trex", 0, 0, u32(index + 1, 1, duration, 0, flags)),
  );
  const head = u32(0, 0, TICKS, end, 0x10000, 0x1000000, 0, 0, ...MATRIX, 0, 0, 0, 0, 0, 0, kinds.length + 1);
  return box("moov", full("mvhd", 0, 0, head), ...traks, ...(tracks ? [] : [box("mvex", ...extends_)]));
}

interface Kind {
  readonly handler: string;
  /** Ticks and flags of samples of which a fragment does not say them. */
  readonly duration: number;
  readonly flags: number;
  readonly media: () => Buffer;
  readonly entry: (film: Film) => Buffer;
}

const [KEY, NO_KEY] = [0x2000000, 0x1010000];

const VIDEO: Kind = {
  handler: "vide",
  duration: 0,
  flags: NO_KEY,
  media: () => full("vmhd", 0, 1, u32(0, 0)),
  entry: ({ width, height, configuration }) =>
    box(
      "avc1",
      ...[u32(0, 1, 0, 0, 0, 0), u16(width, height), u32(0x480000, 0x480000, 0), u16(1)],
      ...[Buffer.alloc(32), u16(24, 0xffff), box("avcC", configuration)],
    ),
};

const AUDIO: Kind = {
  handler: "soun",
  duration: PACKET,
  flags: KEY,
  media: () => full("smhd", 0, 0, u32(0)),
  entry: () =>
    box(
      "Opus",
      ...[u32(0, 1, 0, 0), u16(2, 16, 0, 0, 48_000, 0)],
      box("dOps", Buffer.of(0, 2), u16(0), u32(48_000), Buffer.alloc(3)),
    ),
};

const EMPTY: Track = { starts: [], sizes: [], keys: [], chunks: [] };
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const HEADER = 8;

function renderTrack(kind: Kind, id: number, film: Film, track: Track, end: number): Buffer {
  const isVideo = kind === VIDEO;
  const shape = isVideo ? [film.width * 0x10000, film.height * 0x10000] : [0, 0];
  const volume = isVideo ? 0 : 0x1000000;
  const head = full("tkhd", 0, 3, u32(0, 0, id, 0, end, 0, 0, 0, volume, ...MATRIX, ...shape));
  const source = box("dinf", full("dref", 0, 0, u32(1), full("url ", 0, 1)));
  const language = 0x55c40000;
  return box(
    "trak",
    head,
    box(
      "mdia",
      full("mdhd", 0, 0, u32(0, 0, TICKS, end, language)),
      full("hdlr", 0, 0, u32(0), text(kind.handler), u32(0, 0, 0), Buffer.of(0)),
      box("minf", kind.media(), source, renderSamples(kind.entry(film), track, end)),
    ),
  );
}

function renderSamples(entry: Buffer, { starts, sizes, keys, chunks }: Track, end: number): Buffer {
  const lengths = starts.map((start, index) => (starts[index + 1] ?? end) - start);
  const durations = pack(lengths).flatMap(({ value, count }) => [count, value]);
  const counts = pack(chunks.map(({ count }) => count));
  const runs = counts.flatMap(({ value, first }) => [first + 1, value, 1]);
  const positions = chunks.map(({ position }) => position);
  return box(
    "stbl",
    full("stsd", 0, 0, u32(1), entry),
    full("stts", 0, 0, u32(durations.length / 2), numbers(durations)),
    full("stsc", 0, 0, u32(counts.length), numbers(runs)),
    full("stsz", 0, 0, u32(0, sizes.length), numbers(sizes)),
    full("stco", 0, 0, u32(chunks.length), numbers(positions)),
    ...(keys ? [full("stss", 0, 0, u32(keys.length), numbers(keys.map((index) => index + 1)))] : []),
  );
}

/** Equal values that follow each other, with the index of the first. */
function pack(values: readonly number[]): { value: number; count: number; first: number }[] {
  const packed: { value: number; count: number; first: number }[] = [];
  for (const [first, value] of values.entries()) {
    const last = packed.at(-1);
    if (last?.value === value) last.count += 1;
    else packed.push({ value, count: 1, first });
  }
  return packed;
}

function renderRun(id: number, { starts, samples, keys }: Run, offset: number, until: number): Buffer {
  const has = { offset: 0x1, duration: 0x100, size: 0x200, flags: 0x400 };
  const flags = has.offset | has.size | (keys ? has.duration | has.flags : 0);
  const rows = samples.flatMap(({ length }, index) => {
    if (!keys) return [length];
    const duration = Math.max(1, (starts[index + 1] ?? until) - (starts[index] ?? 0));
    return [duration, length, keys[index] ? KEY : NO_KEY];
  });
  const fromHere = 0x20000;
  return box(
    "traf",
    full("tfhd", 0, fromHere, u32(id)),
    full("tfdt", 0, 0, u32(starts[0] ?? 0)),
    full("trun", 0, flags, u32(samples.length, offset), numbers(rows)),
  );
}

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, HEADER);
  return Buffer.concat([u32(length), text(type), ...parts], length);
}

/** A box with a version and flags. */
function full(type: string, version: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  return box(type, u32(version * 0x1000000 + flags), ...parts);
}

function text(ascii: string): Buffer {
  return Buffer.from(ascii, "latin1");
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  return numbers(values);
}

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
