/** A sample of a track. */
export interface Sample {
  /** Ticks. */
  readonly start: number;
  readonly duration: number;
  readonly isKey: boolean;
  readonly data: Buffer;
}

/** What a player finds in an MP4 file. */
export interface Movie {
  /** Ticks of a second, and of the whole. */
  readonly scale: number;
  readonly duration: number;
  readonly width: number;
  readonly height: number;
  /** The samples of the picture, and of the sound if there is any. */
  readonly picture: readonly Sample[];
  readonly sound: readonly Sample[] | undefined;
}

/** Reads the index of a complete file, as this project writes it. Throws if there is none. */
export function readMovie(file: Buffer): Movie {
  const movies = boxes(file).filter(({ type }) => type === "moov");
  const movie = movies.find(({ body }) => !boxes(body).some(({ type }) => type === "mvex"));
  if (!movie) throw new Error("the file has no index");
  const head = one(movie.body, "mvhd");
  const [picture, sound] = boxes(movie.body).filter(({ type }) => type === "trak");
  const shape = one(picture?.body ?? Buffer.alloc(0), "tkhd");
  return {
    scale: head.readUInt32BE(12),
    duration: head.readUInt32BE(16),
    width: shape.readUInt16BE(76),
    height: shape.readUInt16BE(80),
    picture: picture ? samplesOf(picture.body, file) : [],
    sound: sound && samplesOf(sound.body, file),
  };
}

/** The fragments of a file that has no index yet: bytes of the samples of each. */
export function readFragments(file: Buffer): readonly Buffer[] {
  return boxes(file).flatMap(({ type, body }) => (type === "mdat" ? [body] : []));
}

function samplesOf(track: Buffer, file: Buffer): Sample[] {
  const table = one(one(one(track, "mdia"), "minf"), "stbl");
  const numbers = (type: string, skip = 8) => {
    const body = boxes(table)
      .find((box) => box.type === type)
      ?.body.subarray(skip);
    return body && Array.from({ length: body.length / 4 }, (_, index) => body.readUInt32BE(4 * index));
  };
  const keys = numbers("stss");
  const durations = pairs(numbers("stts") ?? []).flatMap(([count = 0, value = 0]) =>
    Array(count).fill(value),
  );
  const places = chunked(numbers("stsc") ?? [], numbers("stco") ?? []);
  let [start, chunk, position, left] = [0, 0, 0, 0];
  return (numbers("stsz", 12) ?? []).map((size, index) => {
    if (left === 0) ({ position, count: left } = places[chunk++] ?? { position: 0, count: 0 });
    const sample = {
      ...{ start, duration: durations[index], isKey: keys?.includes(index + 1) ?? true },
      data: file.subarray(position, position + size),
    };
    [start, position, left] = [start + sample.duration, position + size, left - 1];
    return sample;
  });
}

/** Position of each chunk, and how many samples it has. */
function chunked(runs: readonly number[], positions: readonly number[]) {
  return positions.map((position, index) => {
    let count = 0;
    for (let at = 0; at < runs.length; at += 3) if ((runs[at] ?? 0) <= index + 1) count = runs[at + 1] ?? 0;
    return { position, count };
  });
}

function pairs(values: readonly number[]): number[][] {
  return Array.from({ length: values.length / 2 }, (_, index) => values.slice(2 * index, 2 * index + 2));
}

function one(body: Buffer, wanted: string): Buffer {
  const found = boxes(body).find(({ type }) => type === wanted);
  if (!found) throw new Error(`there is no ${wanted}`);
  return found.body;
}

/** The boxes of a body that lie whole in it. */
function boxes(body: Buffer): { readonly type: string; readonly body: Buffer }[] {
  const found: { type: string; body: Buffer }[] = [];
  for (let at = 0; at + 8 <= body.length; ) {
    const size = body.readUInt32BE(at);
    if (size < 8 || at + size > body.length) break;
    found.push({ type: body.toString("latin1", at + 4, at + 8), body: body.subarray(at + 8, at + size) });
    at += size;
  }
  return found;
}
